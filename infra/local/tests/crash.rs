//! The crash story: a process is killed at a named effect of a resize, started again, and the resize is
//! finished to the letter (invariants 1, 3 and 4).
//!
//! Fifty seeds choose where: one side of one occurrence of one effect, and in every third case a second
//! point in the life of the process that comes after. A seed that fails says how to replay it alone.

#[path = "crash/case.rs"]
mod case;
#[path = "crash/check.rs"]
mod check;
#[path = "crash/point.rs"]
mod point;
#[path = "crash/server.rs"]
mod server;
#[path = "crash/story.rs"]
mod story;

use case::Report;
use coppice_local::halt::{HaltAt, Side};
use futures::stream::{self, StreamExt};
use point::CLOUDS;
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};
use tokio::time::timeout;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The seeds a run tries.
const SEEDS: RangeInclusive<u64> = 1..=50;
/// Cases under way at once: most of a case is waiting for a dead worker's lease.
const AT_ONCE: usize = 4;
/// No case takes longer, by far, even on a machine that has other things to do: this ends what hangs, and
/// measures nothing.
const PATIENCE: Duration = Duration::from_secs(180);
/// Names a seed, or a range such as `51-500`, to be tried instead.
const SEED: &str = "COPPICE_CRASH_SEED";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resize_whose_process_is_killed_anywhere_ends_with_exactly_the_nodes_asked_for() {
    #[expect(clippy::disallowed_methods, reason = "how long it took is for the reader alone")]
    let begun = Instant::now();
    let template = in_time(story::prepare()).await.unwrap();
    let dry_runs = stream::iter(&CLOUDS).map(|cloud| in_time(case::dry_run(&template, cloud)));
    let effects: Vec<_> = dry_runs.buffered(AT_ONCE).collect().await;
    let effects: Vec<_> = effects.into_iter().collect::<Outcome<_>>().unwrap();
    let cases = stream::iter(chosen_seeds().unwrap_or(SEEDS)).map(|seed| {
        let (template, effects) = (&template, &effects);
        async move { (seed, in_time(case::run(template, effects, seed)).await) }
    });
    let outcomes: Vec<(u64, Outcome<Report>)> = cases.buffer_unordered(AT_ONCE).collect().await;
    let reports = outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
    // Standard error itself: what a macro prints, the harness shows of a test that failed only.
    let told = format!("{}all of it took {} s\n", histogram(reports), begun.elapsed().as_secs());
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    let failures: Vec<String> = outcomes
        .iter()
        .filter_map(|(seed, outcome)| Some((seed, outcome.as_ref().err()?)))
        .map(|(seed, error)| {
            format!("seed {seed}: {error}\nreplay: {SEED}={seed} cargo test -p coppice-local --test crash")
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// The outcome of what must not hang.
async fn in_time<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err("it did not settle in time".into()))
}

#[expect(clippy::disallowed_methods, reason = "a developer names the seed to replay")]
fn chosen_seeds() -> Option<RangeInclusive<u64>> {
    let text = std::env::var(SEED).ok()?;
    let (first, last) = text.split_once('-').unwrap_or((&text, &text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

/// Where processes were killed, as a table.
fn histogram<'a>(reports: impl Iterator<Item = &'a Report>) -> String {
    let mut kills: BTreeMap<&str, [u32; 2]> = BTreeMap::new();
    let (mut cases, mut total, mut missed, mut swept) = (0, 0, 0, 0);
    for report in reports {
        cases += 1;
        missed += report.missed;
        swept += u32::from(report.swept);
        for HaltAt { effect, side, .. } in &report.kills {
            total += 1;
            kills.entry(effect).or_default()[usize::from(*side == Side::After)] += 1;
        }
    }
    let mut text = format!(
        "{cases} cases, {total} kills; {missed} second points not reached; leaks swept in {swept}\n\
         {:<20}{:>8}{:>8}\n",
        "effect", "before", "after"
    );
    for (effect, [before, after]) in kills {
        text += &format!("{effect:<20}{before:>8}{after:>8}\n");
    }
    text
}
