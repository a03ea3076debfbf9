//! Sends generated requests: `cargo run --release -p coppice-fuzz -- --requests 1000000`.
#![allow(clippy::print_stdout, reason = "a command reports by printing")]

use clap::Parser;
use coppice_fuzz::{News, Options, run};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How often to say how far it is, in requests.
const NEWS_EVERY: u64 = 50_000;

/// Sends generated requests to the whole system in this process, and reports everything that must not be.
#[derive(Parser)]
struct Arguments {
    /// How many requests.
    #[arg(long, default_value_t = 100_000)]
    requests: u64,
    /// What all chance derives from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of the first request.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many worlds at once; as many as there are processors unless told otherwise.
    #[arg(long)]
    jobs: Option<usize>,
    /// Print every request, and what it was answered.
    #[arg(long)]
    verbose: bool,
}

#[expect(clippy::disallowed_methods, reason = "a measurement: nothing is decided by it")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What the service says of its own failures, on standard error.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
        .with_writer(std::io::stderr)
        .init();
    let jobs = arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let Arguments { requests, seed, from, verbose, .. } = arguments;
    let begun = Instant::now();
    let sent = AtomicU64::new(0);
    let report = run(Options { seed, from, requests, jobs, verbose }, |news| match news {
        News::Exchange(number, exchange) => println!("{number}: {exchange}\n"),
        News::World(part) => {
            part.failures.iter().for_each(|failure| println!("{failure}\n"));
            let before = sent.fetch_add(part.requests, Ordering::SeqCst);
            let after = before + part.requests;
            if before / NEWS_EVERY != after / NEWS_EVERY {
                println!("{after} requests, {:.0} s", begun.elapsed().as_secs_f64());
            }
        }
    });
    for (endpoint, statuses) in &report.tally {
        let statuses: Vec<String> =
            statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        println!("{endpoint:<50} {}", statuses.join(", "));
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} requests of seed {seed} in {seconds:.0} s ({:.0} a second), {} failures, digest {:016x}",
        report.requests,
        f64::from(u32::try_from(report.requests).unwrap_or(u32::MAX)) / seconds,
        report.failures.len(),
        report.digest
    );
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
