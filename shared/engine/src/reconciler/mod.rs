//! The reconciler: short phases in order, bounded, safe to run twice at once. It makes up for lost
//! messages and dead workers, makes the runs of schedules, looks after the members of clusters, deletes what nobody
//! claims, and says where an instance is not what its node says.

mod drift;
mod due;
mod fronts;
mod health;
mod leaks;
mod schedules;

pub use due::ring_all;

use crate::env::Env;
use crate::machine::Worker;
use coppice_domain::service::RECONCILER;
use coppice_store::{DueWork, StoreError};
use futures::{StreamExt, stream};
use std::future::Future;

/// What one run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Doorbells rung for work nobody was at.
    pub rung: usize,
    /// Actions started because their time had come.
    pub scheduled: usize,
    /// Recoveries started of members that were found sick.
    pub recovered: usize,
    /// Instances deleted that no node claimed, and load balancers of which parts are being that nobody did.
    pub leaks: usize,
    /// What was said of nodes whose instance is not as it should be, and what was started to repair them.
    pub drift: usize,
}

/// Runs every phase once, and notes that it ran. A phase that fails leaves the others to do their work.
///
/// # Errors
/// The first phase's error, after every phase has had its turn.
pub async fn run(worker: &Worker) -> Result<Report, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let (due, scheduled, recovered) = match env.store.due_work(now, PER_RUN).await {
        Ok(DueWork { tasks, schedules, watches }) => (
            due::run(env, tasks, now).await,
            schedules::run(env, schedules, now).await,
            health::run(env, watches, now).await,
        ),
        Err(error) => (Err(error.clone()), Err(error.clone()), Err(error)),
    };
    let (leaks, drift) = match env.store.phases().await {
        Ok(before) => (
            leaks::run(worker, before.get(leaks::PHASE)).await,
            drift::run(worker, before.get(drift::PHASE)).await,
        ),
        Err(error) => (Err(error.clone()), Err(error)),
    };
    let pulse = worker.env.store.set_pulse(RECONCILER, worker.env.now()).await;
    let count = |phase: &Result<usize, StoreError>| phase.clone().unwrap_or(0);
    let report = Report {
        rung: count(&due),
        scheduled: count(&scheduled),
        recovered: count(&recovered),
        leaks: count(&leaks),
        drift: count(&drift),
    };
    if report != Report::default() {
        let Report { rung, scheduled, recovered, leaks, drift } = report;
        tracing::info!(rung, scheduled, recovered, leaks, drift, "reconciled");
    }
    due.and(scheduled).and(recovered).and(leaks).and(drift).and(pulse).map(|()| report)
}

/// Takes several turns at once; how much they came to in all. What fails stays due, which `put_off` is told, and
/// the others are none the worse for it.
///
/// # Errors
/// The last failure, after every turn was taken.
async fn all_turns<K, T>(
    env: &Env,
    turns: impl Iterator<Item = T>,
    put_off: impl Fn(K, &StoreError),
) -> Result<usize, StoreError>
where
    T: Future<Output = (K, Result<usize, StoreError>)>,
{
    let mut turns = stream::iter(turns).buffer_unordered(env.settings.concurrency);
    let (mut done, mut failed) = (0, None);
    while let Some((of, turn)) = turns.next().await {
        match turn {
            Ok(count) => done += count,
            Err(error) => {
                put_off(of, &error);
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(done), Err)
}

/// How many pieces of due work one run rings for, per shard.
pub(crate) const PER_RUN: usize = 100;
