//! How an action on a node ends, and what becomes of the node and its cluster then.

use crate::actions::judged;
use crate::dispatch::end;
use crate::history;
use crate::jobs::Job;
use crate::machine::{Worker, Yield, not_done};
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, Sizes};
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{ClusterView, NodeFate, NodeFinish, Parking, Settlement, StoreError, Task};

/// What becomes of the node.
pub(super) enum Fate {
    Settled(Box<Settlement>),
    Removed,
}

impl Worker {
    /// Ends the action with what becomes of its node and its cluster, as one.
    pub(super) async fn finish_node(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        fate: Fate,
    ) -> Result<Yield, StoreError> {
        let now = self.env.now();
        let fate = match (fate, job) {
            // What was reserved when the update began is taken or given back; harmless if nothing was.
            (Fate::Settled(settlement), Job::Update(update)) => {
                let reserved = update.profile.filter(|profile| *profile != node.profile_id);
                Fate::Settled(Box::new(Settlement { reserved, ..*settlement }))
            }
            (fate, _) => fate,
        };
        let (ended, reason) = match &fate {
            Fate::Settled(settlement) => (settlement.ended, settlement.ended_reason.clone()),
            Fate::Removed => (ActionStatus::Succeeded, String::new()),
        };
        let reason = if ended == ActionStatus::Succeeded { job.success() } else { reason };
        let view = match node.cluster_id {
            Some(cluster) => self.env.store.cluster_view(cluster).await?,
            None => None,
        };
        let after = view.as_ref().map(|view| judged_after(view, task, node, job, &fate));
        let event = history::ended_on_node(&task.action, node, now, ended, &reason);
        let finish = end(ended, &reason, now, self.env.settings.retention);
        let ending = NodeFinish {
            node,
            fate: match &fate {
                Fate::Settled(settlement) => NodeFate::Settled(settlement),
                Fate::Removed => NodeFate::Removed,
            },
            member: view
                .as_ref()
                .is_some_and(|view| view.members.iter().any(|member| member.node == node.id)),
            cluster: view.as_ref().zip(after.as_ref()).map(|(view, after)| (&view.cluster, after)),
            event: &event,
            end: &finish,
        };
        if !self.env.store.finish_node_task(task, ending, now).await? {
            // Something moved in between: look again, from the start.
            return Ok(Yield::Parked(Parking { progress: false, ..self.at_once() }));
        }
        tracing::info!(
            action.id = %task.action.id, action.kind = task.action.kind.name(), node.id = %node.id,
            status = ended.name(), reason, "action ended"
        );
        Ok(Yield::Ended)
    }

    /// Another action has taken the node over: a deletion of it, or of its cluster.
    pub(super) async fn superseded(&self, task: &Task, node: &Node) -> Result<Yield, StoreError> {
        self.let_go(task, node.cluster_id).await?;
        self.close(task, ActionStatus::Cancelled, "").await
    }

    pub(super) async fn node_is_gone(&self, task: &Task) -> Result<Yield, StoreError> {
        self.let_go(task, task.action.cluster_id).await?;
        match task.action.kind {
            ActionKind::NodeDelete => self.close(task, ActionStatus::Succeeded, "").await,
            _ => {
                let reason = format!("The node '{}' could not be found.", task.action.target);
                self.close(task, ActionStatus::Failed, &reason).await
            }
        }
    }

    async fn let_go(&self, task: &Task, cluster: Option<ClusterId>) -> Result<(), StoreError> {
        match cluster {
            Some(cluster) => self.env.store.cluster_unshare(cluster, task.action.id).await,
            None => Ok(()),
        }
    }

    pub(super) async fn cancel_on_node(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        begun: bool,
    ) -> Result<Yield, StoreError> {
        let reason = format!("{} [{}] cancelled", task.action.kind.name(), task.action.id.short());
        if node.active_action != Some(task.action.id) {
            return self.superseded(task, node).await;
        }
        let settlement = if begun { job.given_up(&reason) } else { Settlement::untouched("") };
        let settlement = settlement.ending(ActionStatus::Cancelled, reason);
        self.finish_node(task, node, job, Fate::Settled(Box::new(settlement))).await
    }

    pub(super) async fn give_up_job(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        reason: &str,
    ) -> Result<Yield, StoreError> {
        if node.active_action != Some(task.action.id) {
            self.let_go(task, node.cluster_id).await?;
            return self.close(task, ActionStatus::Failed, reason).await;
        }
        self.finish_node(task, node, job, Fate::Settled(Box::new(job.given_up(reason)))).await
    }

    pub(in crate::machine) async fn give_up_node(&self, task: &Task, reason: &str) -> Result<(), StoreError> {
        let node = self.env.store.get::<Node>(NodeId::new(task.action.target)).await?;
        match (node, super::job(&task.action)) {
            (Some(node), Some(job)) => self.give_up_job(task, &node, &job, reason).await.map(|_| ()),
            _ => {
                self.let_go(task, task.action.cluster_id).await?;
                self.close(task, ActionStatus::Failed, reason).await.map(|_| ())
            }
        }
    }

    /// Ends an action on a node that this version does not carry out, and lets its node go.
    pub(super) async fn refuse_on_node(&self, task: &Task) -> Result<Yield, StoreError> {
        self.env.store.node_release(NodeId::new(task.action.target), task.action.id, None).await?;
        self.let_go(task, task.action.cluster_id).await?;
        self.close(task, ActionStatus::Failed, &not_done(task.action.kind)).await
    }
}

/// The cluster after an action on one of its members: creations and deletions change its target, and its
/// status is judged anew (spec engine-cluster §2, §6b). A cluster that a cluster action has taken over
/// meanwhile is left to that.
fn judged_after(view: &ClusterView, task: &Task, node: &Node, job: &Job, fate: &Fate) -> Cluster {
    let mut cluster = view.cluster.clone();
    let refused = matches!(fate, Fate::Settled(settlement) if settlement.status.is_none() || settlement.place.is_some());
    if cluster.active_action.is_some() || refused {
        return cluster;
    }
    let mut members = view.members.clone();
    let count = match (job, fate) {
        (Job::Create, Fate::Settled(settlement)) => {
            for member in members.iter_mut().filter(|member| member.node == node.id) {
                member.status = settlement.status.unwrap_or(NodeStatus::Error);
            }
            members.len()
        }
        (Job::Remove, Fate::Removed) => {
            members.retain(|member| member.node != node.id);
            members.len()
        }
        (Job::Remove, Fate::Settled(_)) => {
            for member in members.iter_mut().filter(|member| member.node == node.id) {
                member.status = NodeStatus::Error;
            }
            usize::try_from(cluster.sizes.desired_capacity).unwrap_or(0)
        }
        _ => return cluster,
    };
    // Nodes that were recorded meanwhile have their sizes checked when their own actions begin.
    let Sizes { min_size, max_size, .. } = cluster.sizes;
    let count = i64::try_from(count).unwrap_or(i64::MAX).max(min_size);
    cluster.sizes.desired_capacity = if max_size >= 0 { count.min(max_size) } else { count };
    let (status, status_reason) = judged(task.action.kind.name(), &members, &cluster);
    Cluster { status, status_reason, ..cluster }
}
