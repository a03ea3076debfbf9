//! The reconciler: short phases in order, bounded, safe to run twice at once. It makes up for lost
//! messages and dead workers, and deletes what nobody claims.

mod due;
mod leaks;

pub use due::ring_all;

use crate::machine::Worker;
use coppice_domain::service::RECONCILER;
use coppice_store::StoreError;

/// What one run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Doorbells rung for work nobody was at.
    pub rung: usize,
    /// Instances deleted that no node claimed.
    pub leaks: usize,
}

/// Runs every phase once, and notes that it ran. A phase that fails leaves the others to do their work.
///
/// # Errors
/// The first phase's error, after every phase has had its turn.
pub async fn run(worker: &Worker) -> Result<Report, StoreError> {
    let due = due::run(&worker.env).await;
    let leaks = leaks::run(worker).await;
    let pulse = worker.env.store.set_pulse(RECONCILER, worker.env.now()).await;
    let report = Report { rung: due.clone().unwrap_or(0), leaks: leaks.clone().unwrap_or(0) };
    if report != Report::default() {
        tracing::info!(rung = report.rung, leaks = report.leaks, "reconciled");
    }
    due.and(leaks).and(pulse).map(|()| report)
}

/// How many pieces of due work one run rings for, per shard.
pub(crate) const PER_RUN: usize = 100;
