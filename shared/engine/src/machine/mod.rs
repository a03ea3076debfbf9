//! Carrying one action on from wherever it stands.
//!
//! An action on a cluster goes through phases of: begin (decide, save the plan with the first step),
//! register (nodes to make or work on, in steps), drive (ask the backend, settle what is ready); and then
//! either ends or parks until there may be something to do. An action on a node is one job. Every one of
//! these may die anywhere and be done again.

mod cluster;
mod node;
mod parking;

use crate::dispatch::end;
use crate::env::Env;
use crate::work::Work;
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_store::{Parking, StoreError, Task};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use uuid::Uuid;

/// One worker: what it works with, and its name in claims.
#[derive(Clone)]
pub struct Worker {
    /// Store, doorbell, backend, time, settings.
    pub env: Env,
    /// Who it is: shown as an action's owner.
    pub id: Uuid,
}

/// Where carrying an action on has led.
pub(crate) enum Yield {
    /// It has ended.
    Ended,
    /// It belongs to another worker, or to nobody, by now.
    Lost,
    /// It waits.
    Parked(Parking),
}

impl Worker {
    /// Carries a claimed action on.
    pub(crate) async fn advance(&self, task: &Task) -> Result<Yield, StoreError> {
        if task.action.kind.is_on_cluster() {
            self.advance_cluster(task).await
        } else {
            self.advance_node(task).await
        }
    }

    /// Ends an action that is claimed again and again without getting anywhere, and lets its target go.
    pub(crate) async fn give_up(&self, task: &Task, reason: String) -> Result<Yield, StoreError> {
        tracing::error!(
            action.id = %task.action.id, attempts = task.attempts, hops = task.seq, reason, "action abandoned"
        );
        if task.action.kind.is_on_cluster() {
            self.give_up_cluster(task, reason).await
        } else {
            self.give_up_node(task, &reason).await
        }
    }

    /// Ends an action that does not hold a cluster.
    async fn close(&self, task: &Task, status: ActionStatus, reason: &str) -> Result<Yield, StoreError> {
        let finish = end(status, reason, self.env.now(), self.env.settings.retention);
        self.env.store.finish_action(task.action.id, &finish).await?;
        Ok(Yield::Ended)
    }

    fn work_of(task: &Task) -> Result<Work, StoreError> {
        let work = task.work.clone().map(serde_json::from_value).transpose();
        let work =
            work.map_err(|cause| StoreError::Corrupt(format!("plan of action {}: {cause}", task.action.id)))?;
        Ok(work.unwrap_or_default())
    }
}

/// Why an action ends that this version records and does not carry out.
fn not_done(kind: ActionKind) -> String {
    format!("{} is not carried out by this version of the service.", kind.name())
}

/// What random choices about an action or a node are drawn from: who decides twice decides alike.
pub(crate) fn draws(of: Uuid) -> ChaCha8Rng {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(of.as_bytes());
    ChaCha8Rng::from_seed(seed)
}
