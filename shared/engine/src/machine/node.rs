//! Requested actions on nodes: one job each.
//!
//! Before it begins, an action on a member holds the member's cluster together with others of its kind, and
//! any holds its node; until it can, it waits its turn. What becomes of node and cluster is one transaction
//! with the action's end.

use super::{Worker, Yield, not_done};
use crate::actions::judged;
use crate::dispatch::overdue;
use crate::history;
use crate::jobs::{Hand, Job, Recovery, Step, Update};
use crate::work::Work;
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, JsonMap, Sizes};
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_domain::resize::check_sizes;
use coppice_store::{
    Cancel, ClusterView, NodeFate, NodeFinish, Place, Settled, Settlement, Shared, StoreError, Task,
};
use serde_json::Value;
use std::time::Duration;

/// How a node's action ends.
enum Fate {
    Settled(Settlement),
    Removed,
}

impl Worker {
    pub(super) async fn advance_node(&self, task: &Task) -> Result<Yield, StoreError> {
        let id = NodeId::new(task.action.target);
        let Some(node) = self.env.store.get::<Node>(id).await? else {
            return self.node_is_gone(task).await;
        };
        let Some(job) = job(&task.action) else {
            return self.refuse_on_node(task).await;
        };
        let mut work = Self::work_of(task)?;
        if let Some(former) = work.supersedes.filter(|_| !work.begun) {
            let cancelled = crate::dispatch::end(
                ActionStatus::Cancelled,
                "",
                self.env.now(),
                self.env.settings.retention,
            );
            self.env.store.finish_action(former, &cancelled).await?;
            if let Some(cluster) = node.cluster_id {
                self.env.store.cluster_unshare(cluster, former).await?;
            }
        }
        if let Some(cancel) = task.cancel
            && (!work.begun || cancel == Cancel::Forced)
        {
            return self.cancel_on_node(task, &node, &job, work.begun).await;
        }
        if overdue(&task.action, self.env.now()) {
            let reason = format!("{} [{}] timeout", task.action.kind.name(), task.action.id.short());
            return self.give_up_job(task, &node, &job, &reason).await;
        }
        if !work.begun {
            if let Some(waiting) = self.take_turn(task, &node, &mut work).await? {
                return Ok(waiting);
            }
            // The hold was taken on what was read before it: read what it holds.
            let Some(node) = self.env.store.get::<Node>(id).await? else {
                return self.node_is_gone(task).await;
            };
            return self.begin_on_node(task, &node, &job, work).await;
        }
        if node.active_action != Some(task.action.id) {
            return self.superseded(task, &node).await;
        }
        self.go_on(task, &node, &job, work).await
    }

    /// Holds the member's cluster and the node; until both are free, the action waits.
    async fn take_turn(
        &self,
        task: &Task,
        node: &Node,
        work: &mut Work,
    ) -> Result<Option<Yield>, StoreError> {
        let id = task.action.id;
        if let Some(cluster) = node.cluster_id {
            match self.env.store.cluster_share(cluster, id).await? {
                Shared::Held | Shared::Gone => {}
                Shared::Busy => return Ok(Some(self.waiting(work, None, "Waiting for the cluster's lock."))),
            }
        }
        if self.env.store.node_hold(node.id, id).await? {
            return Ok(None);
        }
        let holder = match node.active_action {
            Some(holder) => self.env.store.task(holder).await?,
            None => None,
        };
        match (node.active_action, holder) {
            (Some(_), Some(holder)) if holder.action.status.is_terminal() => {
                // Its worker died before it let the node go.
                self.env.store.node_release(node.id, holder.action.id, None).await?;
            }
            (Some(former), None) => self.env.store.node_release(node.id, former, None).await?,
            (Some(_), Some(holder)) if holder.action.kind == ActionKind::NodeDelete => {
                return self.superseded(task, node).await.map(Some);
            }
            _ => {}
        }
        if let Some(cluster) = node.cluster_id {
            self.env.store.cluster_unshare(cluster, id).await?;
        }
        Ok(Some(self.waiting(work, None, "Waiting for the node's lock.")))
    }

    async fn begin_on_node(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        mut work: Work,
    ) -> Result<Yield, StoreError> {
        let new_profile = match job {
            Job::Update(update) => update.profile.filter(|profile| *profile != node.profile_id),
            _ => None,
        };
        if let Some(refusal) = self.refusal(task, node, job, new_profile).await? {
            return self.finish_node(task, node, job, Fate::Settled(refusal)).await;
        }
        work.begun = true;
        work.polls = 0;
        let saved = serde_json::to_value(&work).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
        let now = self.env.now();
        let event = history::started_on_node(&task.action, node, now);
        let status = job.status();
        let status = status.as_ref().map(|(status, reason)| (*status, reason.as_str()));
        if !self.env.store.node_begin(task, node, status, new_profile, &saved, &event).await? {
            return Ok(Yield::Lost);
        }
        let node = Node {
            status: status.map_or(node.status, |(status, _)| status),
            active_action: Some(task.action.id),
            ..node.clone()
        };
        self.go_on(task, &node, job, work).await
    }

    /// Why an action fails before it changes anything, if it does (spec engine-nodes §2).
    async fn refusal(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        new_profile: Option<ProfileId>,
    ) -> Result<Option<Settlement>, StoreError> {
        let has_instance = node.physical_id.is_some();
        Ok(match job {
            Job::Create | Job::Remove => {
                let Some(cluster) = node.cluster_id else { return Ok(None) };
                let Some(view) = self.env.store.cluster_view(cluster).await? else { return Ok(None) };
                let count = i64::try_from(view.members.len()).unwrap_or(i64::MAX);
                let desired = if *job == Job::Create { count } else { count - 1 };
                let most = self.env.settings.max_nodes_per_cluster;
                let checked = check_sizes(Some(&view.cluster.sizes), Some(desired), None, None, true, most);
                checked.err().map(|text| match job {
                    Job::Create => Settlement { place: Some(Place::Orphan), ..Settlement::failed(text) },
                    _ => Settlement::untouched(text),
                })
            }
            Job::Update(_) if new_profile.is_some() => self.update_refusal(node, job, new_profile).await?,
            Job::Update(update) if update.profile.is_none() && update.properties.is_empty() => {
                Some(Settlement::untouched("").ending(ActionStatus::Succeeded, ""))
            }
            Job::Recover(recovery) if !has_instance => {
                let operation = recovery.operation.as_deref().unwrap_or_default().to_ascii_uppercase();
                ["REBOOT", "REBUILD"]
                    .contains(&operation.as_str())
                    .then(|| Settlement::untouched(job.failure()))
            }
            Job::Operate { .. } | Job::Check if !has_instance => Some(Settlement::untouched(job.failure())),
            _ => {
                tracing::debug!(action.id = %task.action.id, "nothing stands in the way of the action");
                None
            }
        })
    }

    async fn update_refusal(
        &self,
        node: &Node,
        job: &Job,
        new_profile: Option<ProfileId>,
    ) -> Result<Option<Settlement>, StoreError> {
        if node.physical_id.is_none() {
            return Ok(Some(Settlement::untouched(job.failure())));
        }
        let Some(id) = new_profile else { return Ok(None) };
        let profiles: Vec<Profile> = self.env.store.get_many(&[node.profile_id, id]).await?;
        let Some(new) = profiles.iter().find(|profile| profile.id == id) else {
            return Ok(Some(Settlement::untouched(format!(
                "The specified profile '{id}' could not be found."
            ))));
        };
        let fixed = profiles.iter().find_map(|old| profile_types::fixed_difference(&old.spec, new));
        Ok(fixed.map(|property| {
            Settlement::untouched(format!("{} The property '{property}' cannot be changed.", job.failure()))
        }))
    }

    async fn go_on(&self, task: &Task, node: &Node, job: &Job, mut work: Work) -> Result<Yield, StoreError> {
        let profile = match job {
            Job::Update(update) => update.profile.filter(|profile| *profile != node.profile_id),
            _ if job.needs_profile() => Some(node.profile_id),
            _ => None,
        };
        let profile: Option<Profile> = match profile {
            Some(id) => self.env.store.get(id).await?,
            None => None,
        };
        let hand =
            Hand { env: &self.env, action: &task.action, holder: task.action.id, profile: profile.as_ref() };
        match hand.work(job, node).await {
            Step::Settle(settlement) => self.finish_node(task, node, job, Fate::Settled(*settlement)).await,
            Step::Removed => self.finish_node(task, node, job, Fate::Removed).await,
            Step::Launched(instance) => {
                let (status, reason) = job.status().unwrap_or((node.status, node.status_reason.clone()));
                let launched = self
                    .env
                    .store
                    .node_launched(node.id, task.action.id, &instance, (status, &reason))
                    .await?;
                match launched {
                    Settled::Done | Settled::Earlier(..) => {
                        work.polls = 0;
                        Ok(self.waiting(&mut work, None, "Waiting for the backend."))
                    }
                    Settled::Superseded | Settled::Gone => self.superseded(task, node).await,
                }
            }
            Step::Waits => Ok(self.waiting(&mut work, None, "Waiting for the backend.")),
            Step::PutOff(after) => Ok(self.waiting(&mut work, after, "Waiting for the backend.")),
        }
    }

    /// Ends the action with what becomes of its node and its cluster, as one.
    async fn finish_node(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        fate: Fate,
    ) -> Result<Yield, StoreError> {
        let now = self.env.now();
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
        let end = crate::dispatch::end(ended, &reason, now, self.env.settings.retention);
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
            end: &end,
        };
        if !self.env.store.finish_node_task(task, ending, now).await? {
            // Something moved in between: look again, from the start.
            return Ok(Yield::Parked(coppice_store::Parking { progress: false, ..self.at_once() }));
        }
        tracing::info!(
            action.id = %task.action.id, action.kind = task.action.kind.name(), node.id = %node.id,
            status = ended.name(), reason, "action ended"
        );
        Ok(Yield::Ended)
    }

    /// Another action has taken the node over: a deletion of it, or of its cluster.
    async fn superseded(&self, task: &Task, node: &Node) -> Result<Yield, StoreError> {
        self.let_go(task, node.cluster_id).await?;
        self.close(task, ActionStatus::Cancelled, "").await
    }

    async fn node_is_gone(&self, task: &Task) -> Result<Yield, StoreError> {
        self.let_go(task, task.action.cluster_id).await?;
        match task.action.kind {
            ActionKind::NodeDelete => self.close(task, ActionStatus::Succeeded, "").await,
            _ => {
                let reason = format!("The node '{}' could not be found.", task.action.target);
                self.close(task, ActionStatus::Failed, &reason).await
            }
        }
    }

    async fn let_go(
        &self,
        task: &Task,
        cluster: Option<coppice_domain::ids::ClusterId>,
    ) -> Result<(), StoreError> {
        match cluster {
            Some(cluster) => self.env.store.cluster_unshare(cluster, task.action.id).await,
            None => Ok(()),
        }
    }

    async fn cancel_on_node(
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
        self.finish_node(task, node, job, Fate::Settled(settlement)).await
    }

    async fn give_up_job(
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
        self.finish_node(task, node, job, Fate::Settled(job.given_up(reason))).await
    }

    pub(super) async fn give_up_node(&self, task: &Task, reason: &str) -> Result<(), StoreError> {
        let node = self.env.store.get::<Node>(NodeId::new(task.action.target)).await?;
        match (node, job(&task.action)) {
            (Some(node), Some(job)) => self.give_up_job(task, &node, &job, reason).await.map(|_| ()),
            _ => {
                self.let_go(task, task.action.cluster_id).await?;
                self.close(task, ActionStatus::Failed, reason).await.map(|_| ())
            }
        }
    }

    /// Ends an action on a node that this version does not carry out, and lets its node go.
    async fn refuse_on_node(&self, task: &Task) -> Result<Yield, StoreError> {
        self.env.store.node_release(NodeId::new(task.action.target), task.action.id, None).await?;
        self.let_go(task, task.action.cluster_id).await?;
        self.close(task, ActionStatus::Failed, &not_done(task.action.kind)).await
    }

    fn waiting(&self, work: &mut Work, not_before: Option<Duration>, why: &str) -> Yield {
        work.polls = work.polls.saturating_add(1);
        let wait = self.env.settings.pace.wait(work.polls - 1).max(not_before.unwrap_or_default());
        let wake_at = self.env.now().plus(wait);
        Yield::Parked(coppice_store::Parking {
            wake_at,
            due_at: wake_at.plus(self.env.settings.poll_horizon),
            status: ActionStatus::Waiting,
            status_reason: why.to_owned(),
            work: serde_json::to_value(&*work).ok(),
            progress: true,
        })
    }
}

/// The job that an action asks for; none for those that only other actions derive.
fn job(action: &Action) -> Option<Job> {
    let input = |key: &str| action.inputs.get(key);
    let map = |key: &str| input(key).and_then(Value::as_object).cloned().unwrap_or_else(JsonMap::new);
    let text = |key: &str| input(key).and_then(Value::as_str).map(str::to_owned);
    Some(match action.kind {
        ActionKind::NodeCreate => Job::Create,
        ActionKind::NodeDelete => Job::Remove,
        ActionKind::NodeCheck => Job::Check,
        ActionKind::NodeRecover => Job::Recover(Recovery {
            operation: text("operation"),
            params: map("operation_params"),
            check: input("check").and_then(Value::as_bool).unwrap_or(false),
        }),
        ActionKind::NodeOperation => {
            Job::Operate { operation: text("operation").unwrap_or_default(), params: map("params") }
        }
        ActionKind::NodeUpdate => {
            let mut properties = action.inputs.clone();
            properties.remove("new_profile_id");
            let profile = input("new_profile_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            Job::Update(Update { profile, properties })
        }
        _ => return None,
    })
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
