//! A short run. Longer ones: see this crate's README.
#![allow(clippy::print_stderr, reason = "a failing request says how to replay it")]

use coppice_fuzz::{Options, Report, run};

const OPTIONS: Options = Options { seed: 1, from: 0, requests: 0, jobs: 2, verbose: false };

fn sent(seed: u64, requests: u64) -> Report {
    run(Options { seed, requests, ..OPTIONS }, |_| {})
}

#[test]
fn generated_requests_reach_every_endpoint_and_leave_nothing_wrong() {
    let report = sent(1, 2_000);
    for failure in &report.failures {
        eprintln!("{failure}\n");
    }
    assert!(report.failures.is_empty(), "{} failures, above", report.failures.len());
    // Nobody may make an action (spec api-resources O).
    assert_eq!(report.unreached(), ["POST /actions"]);
}

#[test]
fn the_same_requests_are_answered_alike_in_every_run() {
    let (one, other) = (sent(2, 120), sent(2, 120));
    assert_eq!(one, other);
    assert_ne!(one.digest, sent(3, 120).digest);
}
