//! How an action on a node ends, and what becomes of the node and its cluster then.

use crate::dispatch::end;
use crate::history;
use crate::jobs::{Job, Update};
use crate::machine::{Worker, Yield, not_done};
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Sizes};
use coppice_domain::evaluate::judged;
use coppice_domain::event::Event;
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{ClusterView, Finish, NodeFate, NodeFinish, Parking, Settlement, StoreError, Task};

/// How often an end is tried against others' before the action takes another turn.
const TRIES: usize = 5;

/// What becomes of the node.
pub(super) enum Fate {
    Settled(Box<Settlement>),
    Removed,
}

/// How an action on a node ends.
pub(super) struct Last {
    /// What becomes of the node.
    pub(super) fate: Fate,
    /// Whether the action's beginning has been recorded.
    pub(super) begun: bool,
    /// Whether the cluster is to have as many nodes as before.
    pub(super) keeps_capacity: bool,
    /// What policies decided, if that has not been recorded.
    pub(super) data: Option<JsonMap>,
    /// The node's cluster, if it has just been read.
    pub(super) view: Option<ClusterView>,
}

impl Last {
    /// The end of an action that had begun.
    pub(super) fn of(fate: Fate) -> Self {
        Self { fate, begun: true, keeps_capacity: false, data: None, view: None }
    }

    /// The end of an action whose node is settled, whether or not it had begun.
    pub(super) fn settled(settlement: Settlement, begun: bool) -> Self {
        Self { begun, ..Self::of(Fate::Settled(Box::new(settlement))) }
    }
}

impl Worker {
    /// Ends the action with what becomes of its node and its cluster, as one.
    pub(super) async fn finish_node(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        last: Last,
    ) -> Result<Yield, StoreError> {
        let now = self.env.now();
        let fate = match (last.fate, job) {
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
        let mut events = vec![history::ended_on_node(&task.action, node, now, ended, &reason)];
        // What ends before it has done anything began all the same, unless nobody wanted that any more.
        if !last.begun && ended != ActionStatus::Cancelled {
            events.insert(0, history::started_on_node(&task.action, node, now));
        }
        let mut last = Last { fate, ..last };
        let finish = end(ended, &reason, now, self.env.settings.retention);
        for _ in 0..TRIES {
            let view = last.view.take();
            if self.finish_once(task, node, job, (&last, view), (&events, &finish)).await? {
                tracing::info!(
                    action.id = %task.action.id, action.kind = task.action.kind.name(),
                    node.id = %node.id, status = ended.name(), reason, "action ended"
                );
                return Ok(Yield::Ended);
            }
        }
        // The claim or the node is lost, perhaps: look again, from the start, and not in a hurry.
        let wake_at = self.env.now().plus(self.env.settings.pace.wait(0));
        Ok(Yield::Parked(Parking { wake_at, progress: false, ..self.at_once() }))
    }

    /// Tries to write the end; `false` when something has moved since it was read. Members that end together
    /// change one cluster, one after the other.
    async fn finish_once(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        (last, view): (&Last, Option<ClusterView>),
        (events, finish): (&[Event], &Finish),
    ) -> Result<bool, StoreError> {
        let view = match (view, node.cluster_id) {
            (Some(view), _) => Some(view),
            (None, Some(cluster)) => self.env.store.cluster_view(cluster).await?,
            (None, None) => None,
        };
        let after = view.as_ref().map(|view| judged_after(view, task, node, job, last));
        let judges = matches!(job, Job::Create | Job::Remove);
        let ending = NodeFinish {
            node,
            fate: match &last.fate {
                Fate::Settled(settlement) => NodeFate::Settled(settlement),
                Fate::Removed => NodeFate::Removed,
            },
            member: view
                .as_ref()
                .is_some_and(|view| view.members.iter().any(|member| member.node == node.id)),
            cluster: view.as_ref().zip(after.as_ref()).map(|(view, after)| (&view.cluster, after)),
            judged_at: view.as_ref().filter(|_| judges).map(|view| view.member_ends),
            data: last.data.as_ref(),
            events,
            end: finish,
        };
        self.env.store.finish_node_task(task, ending, finish.at).await
    }

    /// Another action has taken the node over: a deletion of it, or of its cluster.
    pub(super) async fn superseded(&self, task: &Task, node: &Node) -> Result<Yield, StoreError> {
        self.give_back_own(task, Some(node)).await?;
        self.let_go(task, node.cluster_id).await?;
        self.close(task, ActionStatus::Cancelled, "").await
    }

    pub(super) async fn node_is_gone(&self, task: &Task) -> Result<Yield, StoreError> {
        self.give_back_own(task, None).await?;
        self.let_go(task, task.action.cluster_id).await?;
        match task.action.kind {
            ActionKind::NodeDelete => self.close(task, ActionStatus::Succeeded, "").await,
            _ => {
                let reason = format!("The node '{}' could not be found.", task.action.target);
                self.close(task, ActionStatus::Failed, &reason).await
            }
        }
    }

    /// Gives back what an update has reserved and does not come to use.
    async fn give_back_own(&self, task: &Task, node: Option<&Node>) -> Result<(), StoreError> {
        if Self::work_of(task)?.begun { self.give_back(task, &task.action, node).await } else { Ok(()) }
    }

    /// Gives back the profile that `update`, which the task is or took the node from, has reserved for the
    /// node, unless the node is made from that by now.
    pub(super) async fn give_back(
        &self,
        task: &Task,
        update: &Action,
        node: Option<&Node>,
    ) -> Result<(), StoreError> {
        let Some(Job::Update(Update { profile: Some(profile), .. })) = super::job(update) else {
            return Ok(());
        };
        if node.is_some_and(|node| node.profile_id == profile) {
            return Ok(());
        }
        self.env.store.give_back(task, NodeId::new(update.target), profile).await
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
        let reason = format!("{} cancelled", task.action.label());
        if node.active_action != Some(task.action.id) {
            return self.superseded(task, node).await;
        }
        let settlement = if begun { job.given_up(&reason) } else { unbegun(task, node, &reason)? };
        let settlement = settlement.ending(ActionStatus::Cancelled, reason);
        self.finish_node(task, node, job, Last::settled(settlement, begun)).await
    }

    pub(super) async fn give_up_job(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        reason: &str,
    ) -> Result<Yield, StoreError> {
        if node.active_action != Some(task.action.id) {
            self.give_back_own(task, Some(node)).await?;
            self.let_go(task, node.cluster_id).await?;
            return self.close(task, ActionStatus::Failed, reason).await;
        }
        // What never began has done nothing to the node; but one that was never made is in error for it.
        let begun = Self::work_of(task)?.begun;
        let touched = begun || *job == Job::Create;
        let settlement = if touched { job.given_up(reason) } else { unbegun(task, node, reason)? };
        self.finish_node(task, node, job, Last::settled(settlement, begun)).await
    }

    pub(in crate::machine) async fn give_up_node(
        &self,
        task: &Task,
        reason: &str,
    ) -> Result<Yield, StoreError> {
        let node = self.env.store.get::<Node>(NodeId::new(task.action.target)).await?;
        match (node, super::job(&task.action)) {
            (Some(node), Some(job)) => self.give_up_job(task, &node, &job, reason).await,
            _ => {
                self.give_back_own(task, None).await?;
                self.let_go(task, task.action.cluster_id).await?;
                self.close(task, ActionStatus::Failed, reason).await
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

/// How a node is settled by an action that ends, for this reason, before it has begun: the node is as it was,
/// unless it was taken from an action that had begun. What that has left is nobody's to finish.
pub(super) fn unbegun(task: &Task, node: &Node, reason: &str) -> Result<Settlement, StoreError> {
    let taken = Worker::work_of(task)?.supersedes.is_some();
    Ok(if taken && node.status.is_transitional() {
        Settlement::failed(reason)
    } else {
        Settlement::untouched(reason)
    })
}

/// The cluster after an action on one of its members: creations and deletions change its target, and its
/// status is judged anew (spec engine-cluster §2, §6b). A cluster that a cluster action has taken over
/// meanwhile is left to that.
fn judged_after(view: &ClusterView, task: &Task, node: &Node, job: &Job, last: &Last) -> Cluster {
    let fate = &last.fate;
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
            let target = usize::try_from(cluster.sizes.desired_capacity).unwrap_or(0);
            if last.keeps_capacity { target } else { members.len() }
        }
        (Job::Remove, Fate::Settled(_)) => {
            for member in members.iter_mut().filter(|member| member.node == node.id) {
                member.status = NodeStatus::Error;
            }
            usize::try_from(cluster.sizes.desired_capacity).unwrap_or(0)
        }
        // Whatever else puts a member into error shows in its cluster.
        (_, Fate::Settled(settlement)) if settlement.status == Some(NodeStatus::Error) => {
            let status_reason = format!("Node {}: {}", node.name, settlement.reason);
            return Cluster { status: ClusterStatus::Warning, status_reason, ..cluster };
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
