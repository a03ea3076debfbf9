//! The simulation under test: a bug that is planted must be caught.
#![allow(clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use coppice_simulation::{Bug, Options, run};

fn caught(bug: Bug) {
    let options = Options { bug: Some(bug), ..Options::default() };
    for seed in 0..300 {
        let report = run(seed, options);
        if let Some(violation) = report.violations.first() {
            println!("{bug:?} is caught by seed {seed}: {violation}");
            return;
        }
    }
    panic!("{bug:?} is not caught by 300 seeds");
}

#[test]
fn a_missing_fence_is_caught() {
    caught(Bug::NoFence);
}

#[test]
fn a_double_count_is_caught() {
    caught(Bug::DoubleCount);
}

#[test]
fn a_second_end_is_caught() {
    caught(Bug::EndsTwice);
}

#[test]
fn an_effect_before_its_record_is_caught() {
    caught(Bug::EffectBeforeRecord);
}

#[test]
fn a_dropped_due_time_is_caught() {
    caught(Bug::DueTimeDropped);
}

#[test]
fn a_stale_index_that_is_trusted_is_caught() {
    caught(Bug::StaleIndexTrusted);
}

#[test]
fn a_lock_that_is_never_released_is_caught() {
    caught(Bug::LockNeverReleased);
}
