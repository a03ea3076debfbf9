//! Runs seeds: `cargo run --release -p coppice-simulation -- --seeds 1000`.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a command reports by printing, and fails by panicking"
)]

use clap::Parser;
use coppice_simulation::{Bug, Options, Report, run};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

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
    let until = from.saturating_add(count);
    let next = AtomicU64::new(from);
    let lane = || {
        let mut sum = Sum::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= until {
                return sum;
            }
            let report = run(seed, options);
            if !report.passed() && count > 1 {
                println!("seed {seed}: {}", report.violations.first().map_or("", String::as_str));
            } else if !report.passed() {
                println!("{}", report.explain());
            }
            sum.add(&report);
        }
    };
    let lanes = if arguments.verbose { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
    let sum = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        let sums = lanes.into_iter().map(|lane| lane.join().expect("a lane ends"));
        sums.reduce(Sum::with).unwrap_or_default()
    });
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

    fn with(mut self, other: Self) -> Self {
        self.steps += other.steps;
        self.failed.extend(other.failed);
        for (what, times) in other.tally {
            *self.tally.entry(what).or_default() += times;
        }
        self
    }
}
