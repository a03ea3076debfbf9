//! The reconciler: short phases in order, bounded in work and in time, safe to run twice at once. It makes up for
//! lost messages and dead workers, makes the runs of schedules, looks after the members of clusters, deletes what
//! nobody claims, and says where an instance is not what its node says.
//!
//! What a phase has no time for stays due, or is where the phase left a mark: the next run goes on with it.

mod drift;
mod due;
mod health;
mod leaks;
mod schedules;
#[cfg(test)]
mod tests;

pub use due::ring_all;

use crate::env::Env;
use crate::machine::Worker;
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::service::RECONCILER;
use coppice_domain::time::Timestamp;
use coppice_store::{DueWork, PhaseState, StoreError};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

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

/// The time of one run. A phase begins nothing when its part is over, however long those before it took, and
/// leaves to those behind it what it does not need.
#[derive(Clone, Copy, Debug)]
struct Turn {
    began: Timestamp,
    span: Duration,
}

impl Turn {
    const PARTS: u32 = 12;

    /// When so many of its twelve parts are over.
    fn part(self, parts: u32) -> Timestamp {
        self.began.plus(self.span.saturating_mul(parts) / Self::PARTS)
    }
}

/// Runs every phase once, and notes that it ran. A phase that fails leaves the others to do their work.
///
/// # Errors
/// The first phase's error, after every phase has had its turn.
pub async fn run(worker: &Worker) -> Result<Report, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let turn = Turn { began: now, span: env.settings.turn };
    let (due, scheduled, recovered) = match env.store.due_work(now, PER_RUN).await {
        Ok(DueWork { tasks, schedules, watches }) => (
            due::run(env, tasks, now, turn.part(2)).await,
            schedules::run(env, schedules, now, turn.part(4)).await,
            health::run(env, watches, turn.part(8)).await,
        ),
        Err(error) => (Err(error.clone()), Err(error.clone()), Err(error)),
    };
    let (leaks, drift) = match env.store.phases().await {
        Ok(before) => (
            leaks::run(worker, before.get(leaks::PHASE), turn.part(10)).await,
            drift::run(worker, before.get(drift::PHASE), turn.part(12)).await,
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

/// Takes several turns at once, until the time is up, the first few in any case; how much they came to in all. What
/// fails stays due, which `put_off` is told, and the others are none the worse for it.
///
/// # Errors
/// The last failure, after every turn was taken.
async fn all_turns<K, T>(
    env: &Env,
    until: Timestamp,
    mut turns: impl Iterator<Item = T>,
    put_off: impl Fn(K, &StoreError),
) -> Result<usize, StoreError>
where
    T: Future<Output = (K, Result<usize, StoreError>)>,
{
    let (mut done, mut failed) = (0, None);
    let most = env.settings.concurrency.max(1);
    let mut begun: FuturesUnordered<T> = turns.by_ref().take(most).collect();
    loop {
        while begun.len() < most && env.now() < until {
            let Some(turn) = turns.next() else { break };
            begun.push(turn);
        }
        match begun.next().await {
            Some((_, Ok(count))) => done += count,
            Some((of, Err(error))) => {
                put_off(of, &error);
                failed = Some(error);
            }
            None => break,
        }
    }
    failed.map_or(Ok(done), Err)
}

/// What a phase remembers of its last run. What another version left is not understood: the phase begins anew.
fn remembered<S: DeserializeOwned + Default>(before: Option<&PhaseState>) -> S {
    let state = before.and_then(|before| before.state.as_deref());
    state.and_then(|state| serde_json::from_str(state).ok()).unwrap_or_default()
}

/// Keeps what a phase is to remember, unless a later run has.
///
/// # Errors
/// When the store fails.
async fn remember(env: &Env, phase: &str, now: Timestamp, state: &impl Serialize) -> Result<(), StoreError> {
    let state = serde_json::to_string(state).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
    env.store.set_phase(phase, now, &state).await
}

/// These nodes, without those that are not there, and which of them cannot be read: they are told of, and keep nobody
/// from the others.
///
/// # Errors
/// When the store fails.
async fn readable(env: &Env, ids: &[NodeId]) -> Result<(Vec<Node>, HashSet<NodeId>), StoreError> {
    let mut unreadable = HashSet::new();
    match env.store.get_many(ids).await {
        Err(StoreError::Corrupt(_)) => {}
        nodes => return Ok((nodes?, unreadable)),
    }
    let mut nodes = Vec::new();
    for id in ids {
        match env.store.get::<Node>(*id).await {
            Ok(node) => nodes.extend(node),
            Err(error @ StoreError::Corrupt(_)) => {
                tracing::error!(node.id = %id, error = %error, "nobody looks after a node that cannot be read");
                unreadable.insert(*id);
            }
            Err(error) => return Err(error),
        }
    }
    Ok((nodes, unreadable))
}

/// How many pieces of due work one run rings for, per shard.
pub(crate) const PER_RUN: usize = 100;
