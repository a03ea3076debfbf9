//! The nodes of one cluster action: registered in steps, driven through the backend, settled one by one.

mod create;
mod register;
mod remove;

use crate::dispatch::end;
use crate::machine::Worker;
use crate::work::Work;
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::Member;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::time::Timestamp;
use coppice_store::{CHILD, ClusterView, Settled, StoreError, Task};
use std::collections::HashMap;
use std::time::Duration;

/// One claim's work on one action.
pub(crate) struct Run<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) task: &'a Task,
    /// The cluster and its members, as last read or written.
    pub(crate) view: ClusterView,
    pub(crate) work: Work,
    /// Nodes registered under this claim: known without being read.
    known: HashMap<NodeId, Node>,
    /// Until when the claim lasts.
    lease_until: Timestamp,
    started: Timestamp,
}

/// How driving the pending nodes went.
pub(crate) enum Driven {
    /// Every pending node was looked at, or time for this claim ran out.
    Through {
        /// Whether anything moved.
        progress: bool,
        /// The backend asked to be left alone this long.
        not_before: Option<Duration>,
        /// The claim's time is up; there is more to do at once.
        out_of_time: bool,
    },
    /// The claim, or the cluster, was lost.
    Lost,
}

/// What looking at one node led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// It is settled, or got further.
    On,
    /// It waits for the backend.
    Waits,
    /// The backend asks to be left alone.
    Throttled(Option<Duration>),
    /// Another action took it over.
    Superseded,
}

/// Nodes looked at between two renewals of the claim.
const BETWEEN_RENEWALS: usize = 64;

impl<'a> Run<'a> {
    pub(crate) fn new(worker: &'a Worker, task: &'a Task, view: ClusterView, work: Work) -> Self {
        let now = worker.env.now();
        let lease_until = task.lease_until.unwrap_or(now);
        Self { worker, task, view, work, known: HashMap::new(), lease_until, started: now }
    }

    /// The members this action is still making or removing.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Member> {
        let own = self.task.action.id;
        self.view.members.iter().filter(move |member| member.pending == Some(own))
    }

    pub(crate) fn child(&self, node: NodeId) -> ActionId {
        ActionId::derived_for(self.task.action.id, CHILD, node.uuid())
    }

    /// Looks at every pending node once. When the action's time is up, gives them up instead.
    pub(crate) async fn drive(&mut self, timed_out: bool) -> Result<Driven, StoreError> {
        if timed_out {
            self.abandon("The action ran out of time.").await?;
            return Ok(Driven::Through { progress: true, not_before: None, out_of_time: false });
        }
        let pending: Vec<Member> = self.pending().copied().collect();
        let (removing, creating): (Vec<Member>, Vec<Member>) =
            pending.into_iter().partition(|member| member.status == NodeStatus::Deleting);
        let mut tally = Tally::default();
        let seen = if creating.is_empty() { None } else { self.instances(&mut tally).await };
        let profile = match &seen {
            Some(_) => self.worker.env.store.get(self.view.cluster.profile_id).await?,
            None => None,
        };
        for batch in creating.chunks(BETWEEN_RENEWALS).take_while(|_| seen.is_some()) {
            if !self.renew().await? {
                return Ok(Driven::Lost);
            }
            let Some(seen) = &seen else { break };
            tally.add(self.create_all(batch, seen, profile.as_ref()).await?);
            if tally.ends_claim(self) {
                return Ok(tally.driven());
            }
        }
        for batch in removing.chunks(BETWEEN_RENEWALS) {
            if !self.renew().await? {
                return Ok(Driven::Lost);
            }
            tally.add(self.remove_all(batch).await?);
            if tally.ends_claim(self) {
                return Ok(tally.driven());
            }
        }
        Ok(tally.driven())
    }

    /// Gives up every pending node: it stays, in error, and so does whatever the backend has made of it.
    /// That includes nodes a former holder left pending: nobody else will settle them.
    pub(crate) async fn abandon(&self, reason: &str) -> Result<(), StoreError> {
        for member in &self.view.members {
            if let Some(holder) = member.pending {
                self.settle_for(holder, member.node, NodeStatus::Error, reason, None).await?;
            }
        }
        Ok(())
    }

    /// Settles a node: node, derived action, member, in this order, so that a death in between leaves it
    /// pending and the three can be written again.
    pub(crate) async fn settle(
        &self,
        node: NodeId,
        status: NodeStatus,
        reason: &str,
        physical_id: Option<&str>,
    ) -> Result<Settled, StoreError> {
        self.settle_for(self.task.action.id, node, status, reason, physical_id).await
    }

    async fn settle_for(
        &self,
        holder: ActionId,
        node: NodeId,
        status: NodeStatus,
        reason: &str,
        physical_id: Option<&str>,
    ) -> Result<Settled, StoreError> {
        let store = &self.worker.env.store;
        let (child, now) = (ActionId::derived_for(holder, CHILD, node.uuid()), self.worker.env.now());
        let settled = store.node_settle(node, child, status, reason, physical_id, now).await?;
        let (status, reason) = match settled {
            Settled::Done => (status, reason.to_owned()),
            // What follows must say what the node says, whoever wrote it.
            Settled::Earlier => match store.get::<Node>(node).await? {
                Some(node) => (node.status, node.status_reason),
                None => return Ok(Settled::Superseded),
            },
            Settled::Gone => {
                // Removed, but its worker died before it said so.
                self.forget_for(holder, node).await?;
                return Ok(settled);
            }
            Settled::Superseded => return Ok(settled),
        };
        let outcome =
            if status == NodeStatus::Active { ActionStatus::Succeeded } else { ActionStatus::Failed };
        let finish = end(outcome, &reason, now, self.worker.env.settings.retention);
        store.finish_child(child, self.started, &finish).await?;
        store.member_settle(self.view.cluster.id, node, status, holder).await?;
        Ok(settled)
    }

    /// Renews the claim when a third of it has passed; `false` when it was lost.
    async fn renew(&mut self) -> Result<bool, StoreError> {
        let (env, now) = (&self.worker.env, self.worker.env.now());
        let remaining = self.lease_until.since(now);
        if remaining > env.settings.lease.mul_f64(2.0 / 3.0) {
            return Ok(true);
        }
        self.lease_until = now.plus(env.settings.lease);
        let work = self.saved()?;
        env.store.task_save(self.task, &work, self.lease_until).await
    }

    fn saved(&self) -> Result<serde_json::Value, StoreError> {
        serde_json::to_value(&self.work).map_err(|cause| StoreError::Corrupt(cause.to_string()))
    }
}

#[derive(Default)]
struct Tally {
    progress: bool,
    throttled: bool,
    not_before: Option<Duration>,
    superseded: bool,
    out_of_time: bool,
}

impl Tally {
    fn add(&mut self, moves: Vec<Moved>) {
        for moved in moves {
            match moved {
                Moved::On => self.progress = true,
                Moved::Waits => {}
                Moved::Throttled(after) => {
                    self.throttled = true;
                    self.not_before = self.not_before.max(after);
                }
                Moved::Superseded => self.superseded = true,
            }
        }
    }

    /// Whether to stop before the rest: the cluster is lost, the backend wants peace, or others wait.
    fn ends_claim(&mut self, run: &Run<'_>) -> bool {
        self.out_of_time = run.worker.env.now().since(run.started) > run.worker.env.settings.turn;
        self.superseded || self.throttled || self.out_of_time
    }

    fn driven(&self) -> Driven {
        if self.superseded {
            return Driven::Lost;
        }
        let out_of_time = self.out_of_time && !self.throttled;
        Driven::Through { progress: self.progress, not_before: self.not_before, out_of_time }
    }
}
