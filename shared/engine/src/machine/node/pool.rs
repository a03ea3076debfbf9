//! A member that is deleted leaves the pool of its cluster's load balancer before, and one that is made or
//! brought back joins it after (spec engine-policies §6). While it waits for that its job is not done again.

use super::finish::Last;
use crate::front::{Balanced, Reached, leave};
use crate::jobs::Job;
use crate::machine::{Worker, Yield};
use crate::work::{Leaving, Made, Work};
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::ActionId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::policies::load_balance::{NOT_ADDED, NOT_REMOVED, bound, joined, not_added, not_removed};
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, InstanceChange, NodeChanges, Settled, Settlement, StoreError, Task};
use std::time::Duration;

/// Why an action waits.
const WAITING: &str = "Waiting for the load balancer.";

/// Whether a node on which this has been done joins a pool, if its cluster has one.
pub(super) const fn joins(node: &Node, job: &Job) -> bool {
    node.cluster_id.is_some() && matches!(job, Job::Create | Job::Recover(_))
}

/// How a job went, if it went well (POL-18).
pub(super) fn made(settlement: &Settlement, now: Timestamp) -> Option<Made> {
    let well = settlement.ended == ActionStatus::Succeeded && settlement.status == Some(NodeStatus::Active);
    let instance = match &settlement.instance {
        InstanceChange::Set(id) => Some(id.clone()),
        InstanceChange::Keep | InstanceChange::Clear => None,
    };
    let (reason, data) = (settlement.reason.clone(), settlement.changes.data.clone());
    well.then_some(Made { reason, instance, data, spares: settlement.spares, since: now })
}

impl Made {
    fn settlement(&self) -> Settlement {
        let changes = NodeChanges { data: self.data.clone(), ..NodeChanges::default() };
        let instance = self.instance.clone().map_or(InstanceChange::Keep, InstanceChange::Set);
        let done = Settlement::done(NodeStatus::Active, &self.reason);
        Settlement { changes, instance, spares: self.spares, ..done }
    }

    /// Whether it still stands: not if another worker on `action` has condemned the instance that was found
    /// well here.
    pub(super) fn stands(&self, node: &Node, action: ActionId) -> bool {
        !self.spares || node.condemned_by != Some(action)
    }

    /// The node as it is now that this has been done.
    fn node(&self, node: &Node) -> Node {
        Node {
            status: NodeStatus::Active,
            physical_id: self.instance.clone().or_else(|| node.physical_id.clone()),
            data: self.data.clone().unwrap_or_else(|| node.data.clone()),
            ..node.clone()
        }
    }
}

impl Worker {
    /// The pool that a member to be deleted has to leave.
    pub(super) async fn leaving(
        &self,
        job: &Job,
        view: Option<&ClusterView>,
    ) -> Result<Option<Leaving>, StoreError> {
        let Some(view) = view.filter(|_| *job == Job::Remove) else { return Ok(None) };
        let balanced = Balanced::of(&self.env, &view.cluster, &view.bindings).await?;
        let since = self.env.now();
        Ok(balanced.map(|(balanced, pool)| {
            let patience = balanced.wanted.patience.as_secs();
            Leaving { pool, policy: balanced.name, since, patience }
        }))
    }

    /// What an action does instead of going on as long as its node is in the pool.
    pub(super) async fn leave_pool(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        work: &mut Work,
    ) -> Result<Option<Yield>, StoreError> {
        let Some(decided) = &mut work.decided else { return Ok(None) };
        let Some(leaving) = decided.leaves.clone() else { return Ok(None) };
        let now = self.env.now();
        let late = now.since(leaving.since) > Duration::from_secs(leaving.patience);
        match leave(&self.env, &leaving.pool, node).await {
            Reached::Done(()) => {
                decided.leaves = None;
                // The grace is for who is out of the pool already.
                decided.not_before = decided.not_before.map(|moment| moment.plus(now.since(leaving.since)));
                work.polls = 0;
                Ok(None)
            }
            Reached::Waits(after) if !late => Ok(Some(self.waiting(task, work, after, WAITING))),
            Reached::Waits(_) | Reached::Failed(_) => {
                let settlement = Settlement::done(NodeStatus::Warning, NOT_REMOVED);
                let reason = format!("Policy check: {}", not_removed(&leaving.policy, &[node.id]));
                let last = Last::settled(settlement.ending(ActionStatus::Failed, reason), true);
                self.finish_node(task, node, job, last).await.map(Some)
            }
        }
    }

    /// Ends an action whose job went well, once its node has joined the pool, if there is one. `settlement` is
    /// given when the job has just been done.
    pub(super) async fn join_pool(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        mut work: Work,
        settlement: Option<Settlement>,
    ) -> Result<Yield, StoreError> {
        let Some(made) = work.made.clone() else { return Ok(Yield::Lost) };
        let fresh = settlement.is_some();
        let mut settlement = settlement.unwrap_or_else(|| made.settlement());
        let view = match node.cluster_id {
            Some(cluster) => self.env.store.cluster_view(cluster).await?,
            None => None,
        };
        let counts =
            view.as_ref().filter(|view| bound(&view.bindings).is_some_and(|binding| binding.enabled));
        let balanced = match counts {
            Some(view) => Balanced::of(&self.env, &view.cluster, &view.bindings).await?,
            None => None,
        };
        if let Some((balanced, pool)) = balanced {
            let done = made.node(node);
            let late = self.env.now().since(made.since) > balanced.wanted.patience;
            match balanced.join(&self.env, &pool, &done).await {
                Reached::Done(None) => {}
                Reached::Done(Some(member)) => settlement.changes.data = Some(joined(&done.data, &member)),
                Reached::Waits(after) if !late => {
                    if fresh && let Some(instance) = &made.instance {
                        // Whoever ends the action now leaves the node its instance.
                        let status = (node.status, node.status_reason.as_str());
                        let launched = self.env.store.node_launched(
                            node.id,
                            task.action.id,
                            instance,
                            status,
                            self.env.now(),
                        );
                        if matches!(launched.await?, Settled::Superseded | Settled::Gone) {
                            return self.superseded(task, node).await;
                        }
                    }
                    work.polls = if fresh { 0 } else { work.polls };
                    return Ok(self.waiting(task, &mut work, after, WAITING));
                }
                Reached::Waits(_) | Reached::Failed(_) => {
                    settlement.status = Some(NodeStatus::Warning);
                    settlement.reason = NOT_ADDED.to_owned();
                    let reason = format!("Policy check: {}", not_added(&balanced.name, &[node.id]));
                    settlement = settlement.ending(ActionStatus::Failed, reason);
                }
            }
        }
        let last = Last { view, ..Last::settled(settlement, true) };
        self.finish_node(task, node, job, last).await
    }
}
