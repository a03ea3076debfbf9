//! The engine and the store under seeded faults.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use coppice_simulation::{Options, run, run_each};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Runs these seeds and explains the first that fails.
fn all_pass(seeds: &[u64]) {
    let failed = Mutex::new(BTreeMap::new());
    run_each(seeds, Options::default(), |report| {
        if !report.passed() {
            failed.lock().unwrap().insert(report.seed, report);
        }
    });
    let failed = failed.into_inner().unwrap();
    let seeds: Vec<u64> = failed.keys().copied().collect();
    if let Some(first) = failed.values().next() {
        panic!("{} seeds failed: {seeds:?}\n{}", failed.len(), first.explain());
    }
}

#[test]
fn three_hundred_seeds_keep_every_invariant() {
    all_pass(&(0..300).collect::<Vec<u64>>());
}

#[test]
fn a_seed_is_replayed_to_the_letter() {
    for seed in [3, 17, 42] {
        let (once, again) = (run(seed, Options::default()), run(seed, Options::default()));
        assert_eq!(once.digest, again.digest, "seed {seed}");
        assert_eq!(once, again, "seed {seed}");
    }
}

#[test]
fn seeds_that_once_failed_pass() {
    all_pass(&[
        476, 899, 911, 988, 1021, 1490, 2097, 2154, 3697, 4060, 4319, 4825, 4979, 5398, 6068, 6118, 7596,
        8239, 9112, 9960,
    ]);
}
