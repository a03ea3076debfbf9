//! Runs: requests in their order, a world for every few thousand.

use crate::endpoints::ENDPOINTS;
use crate::report::{Failure, Report};
use crate::world::World;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many requests a world gets before it is replaced: its table stays small.
pub const PER_WORLD: u64 = 1_000;

/// As much of an answer as is shown.
const SHOWN: usize = 2_000;

/// How many failures end a run.
const ENOUGH: u64 = 20;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What all chance derives from.
    pub seed: u64,
    /// The number of the first request. Those before it in its world are sent as well, since it depends on them.
    pub from: u64,
    /// How many requests.
    pub requests: u64,
    /// How many worlds at once.
    pub jobs: usize,
    /// Whether to tell of every request, and what it was answered.
    pub verbose: bool,
}

/// What is told while a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// A request, by its number, and its answer.
    Exchange(u64, &'a str),
    /// A world is over: what came of it.
    World(&'a Report),
}

/// Runs requests. `told` hears how it goes.
///
/// # Panics
/// When a world cannot be set up.
pub fn run(options: Options, told: impl Fn(News<'_>) + Sync) -> Report {
    let end = options.from.saturating_add(options.requests);
    let worlds = options.from / PER_WORLD..end.div_ceil(PER_WORLD);
    let (next, done) = (AtomicU64::new(worlds.start), Mutex::new(BTreeMap::new()));
    let failures = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
                loop {
                    let world = next.fetch_add(1, Ordering::SeqCst);
                    let enough = failures.load(Ordering::SeqCst) >= ENOUGH;
                    if world >= worlds.end || enough {
                        break;
                    }
                    let last = end.min((world + 1) * PER_WORLD);
                    let report = runtime.block_on(run_world(options, world, last, &told));
                    failures.fetch_add(report.failures.len() as u64, Ordering::SeqCst);
                    told(News::World(&report));
                    done.lock().expect("no part of a run panics").insert(world, report);
                }
            });
        }
    });
    let tally = ENDPOINTS.iter().map(|endpoint| (endpoint.name(), BTreeMap::new())).collect();
    let mut report = Report { tally, ..Report::default() };
    let parts = done.into_inner().expect("no part of a run panics");
    parts.into_values().for_each(|part| report.add(part));
    report
}

/// The requests of one world, up to the one before `end`.
async fn run_world(options: Options, number: u64, end: u64, told: &impl Fn(News<'_>)) -> Report {
    let mut report = Report::default();
    let mut world = World::make(options.seed, number).await;
    let mut digest = DefaultHasher::new();
    let fail =
        |number, exchange: String, complaints| Failure { seed: options.seed, number, exchange, complaints };
    for number in number * PER_WORLD..end {
        let request = world.next();
        let sent = world.send(&request).await;
        let status = sent.as_ref().map_or(500, |(answer, _)| answer.status);
        let mut complaints = match &sent {
            Ok((answer, complaints)) => {
                (answer.status, &answer.body).hash(&mut digest);
                complaints.clone()
            }
            Err(panic) => vec![format!("panicked: {panic}")],
        };
        report.requests += 1;
        *report.tally.entry(request.endpoint.name()).or_default().entry(status).or_default() += 1;
        let exchange = || match &sent {
            Ok((answer, _)) => {
                let text: String = answer.text().chars().take(SHOWN).collect();
                format!("{request}\n  -> {} {text}", answer.status)
            }
            Err(_) => request.to_string(),
        };
        if options.verbose && number >= options.from {
            told(News::Exchange(number, &exchange()));
        }
        complaints.extend(world.live(number).await);
        if !complaints.is_empty() {
            report.failures.push(fail(number, exchange(), complaints));
            report.digest = digest.finish();
            return report;
        }
    }
    let complaints = world.end().await;
    if !complaints.is_empty() {
        report.failures.push(fail(end - 1, "the end of its world".to_owned(), complaints));
    }
    report.digest = digest.finish();
    report
}
