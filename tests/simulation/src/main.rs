//! Runs seeds: `cargo run --release -p coppice-simulation -- --seeds 1000`.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a command reports by printing, and fails by panicking"
)]

use clap::Parser;
use coppice_simulation::{Bug, Options, Report, run_each};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Mutex;

/// Runs the engine and the store under seeded faults, and reports every invariant that does not hold.
#[derive(Parser)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run this seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// Print everything that happens.
    #[arg(long)]
    verbose: bool,
    /// Plant a bug, which the simulation should catch.
    #[arg(long)]
    bug: Option<Bug>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (from, count) = arguments.seed.map_or((arguments.from, arguments.seeds), |seed| (seed, 1));
    let options = Options { bug: arguments.bug, verbose: arguments.verbose };
    let seeds: Vec<u64> = (from..from.saturating_add(count)).collect();
    let sum = Mutex::new(Sum::default());
    run_each(&seeds, options, |report| {
        if !report.passed() && count > 1 {
            println!("seed {}: {}", report.seed, report.violations.first().map_or("", String::as_str));
        } else if !report.passed() {
            println!("{}", report.explain());
        }
        sum.lock().expect("nobody panics with it").add(&report);
    });
    let sum = sum.into_inner().expect("nobody panics with it");
    for (what, times) in &sum.tally {
        println!("{times:>8} {what}");
    }
    println!("{count} seeds, {} steps, {} failed: {:?}", sum.steps, sum.failed.len(), sum.failed);
    if sum.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What came of some seeds.
#[derive(Default)]
struct Sum {
    steps: u64,
    failed: BTreeSet<u64>,
    tally: BTreeMap<String, u64>,
}

impl Sum {
    fn add(&mut self, report: &Report) {
        self.steps += report.steps;
        if !report.passed() {
            self.failed.insert(report.seed);
        }
        for (what, times) in &report.tally {
            *self.tally.entry(what.clone()).or_default() += times;
        }
    }
}
