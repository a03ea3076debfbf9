//! The engine and the store under seeded faults.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use coppice_simulation::{Options, Report, run};
use std::thread;

/// Runs these seeds on every core and explains the first that fails.
fn all_pass(seeds: &[u64]) {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let lanes: Vec<Vec<u64>> =
        (0..cores).map(|lane| seeds.iter().copied().skip(lane).step_by(cores).collect()).collect();
    let failed: Vec<Report> = thread::scope(|scope| {
        let lanes: Vec<_> = lanes
            .into_iter()
            .map(|lane| {
                scope.spawn(move || {
                    let reports = lane.into_iter().map(|seed| run(seed, Options::default()));
                    reports.filter(|report| !report.passed()).collect::<Vec<_>>()
                })
            })
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap_or_default()).collect()
    });
    let seeds: Vec<u64> = failed.iter().map(|report| report.seed).collect();
    if let Some(first) = failed.first() {
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
        476, 899, 911, 988, 1021, 2097, 2154, 3697, 4319, 4825, 5398, 6068, 6118, 7596, 8239, 9112, 9960,
    ]);
}
