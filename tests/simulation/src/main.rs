//! Runs seeds: `cargo run --release -p coppice-simulation -- --seeds 1000`.
#![allow(clippy::print_stdout, reason = "a command reports by printing")]

use clap::Parser;
use coppice_simulation::{Bug, Options, run};
use std::collections::BTreeMap;
use std::process::ExitCode;

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
    let mut failed = Vec::new();
    let mut steps = 0;
    let mut tally = BTreeMap::<String, u64>::new();
    for seed in from..from.saturating_add(count) {
        let report = run(seed, options);
        steps += report.steps;
        for (what, times) in &report.tally {
            *tally.entry(what.clone()).or_default() += times;
        }
        if !report.passed() {
            if arguments.seeds > 1 && arguments.seed.is_none() {
                println!("seed {seed}: {}", report.violations.first().map_or("", String::as_str));
            } else {
                println!("{}", report.explain());
            }
            failed.push(seed);
        }
    }
    for (what, times) in tally {
        println!("{times:>8} {what}");
    }
    println!("{count} seeds, {steps} steps, {} failed: {failed:?}", failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
