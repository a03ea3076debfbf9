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

#[test]
fn a_holder_that_is_ignored_is_caught() {
    caught(Bug::HolderIgnored);
}

#[test]
fn a_reference_that_is_not_taken_is_caught() {
    caught(Bug::ReferenceNotTaken);
}

#[test]
fn a_refusal_that_is_missed_is_caught() {
    caught(Bug::RefusalMissed);
}

#[test]
fn a_member_that_is_forgotten_is_caught() {
    caught(Bug::MemberForgotten);
}

#[test]
fn a_count_that_is_lost_is_caught() {
    caught(Bug::CountLost);
}

#[test]
fn an_event_that_is_lost_is_caught() {
    caught(Bug::EventLost);
}

#[test]
fn a_round_that_is_forgotten_is_caught() {
    caught(Bug::RoundForgotten);
}

#[test]
fn shared_holds_that_are_ignored_are_caught() {
    caught(Bug::SharedIgnored);
}

#[test]
fn a_schedule_that_is_forgotten_is_caught() {
    caught(Bug::RunForgotten);
}

#[test]
fn calls_that_are_not_counted_are_caught() {
    caught(Bug::CallsUncounted);
}

#[test]
fn a_letter_that_is_forgotten_is_caught() {
    caught(Bug::LetterForgotten);
}

#[test]
fn every_bug_has_its_test() {
    let lines = include_str!("planted.rs").lines().map(str::trim_start);
    let tests = lines.filter(|line| line.starts_with("caught(Bug::")).count();
    assert_eq!(tests, Bug::ALL.len());
}
