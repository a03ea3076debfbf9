//! Requested actions on nodes: one job each.
//!
//! Before it begins, an action on a member holds the member's cluster together with others of its kind, and
//! any holds its node; until it can, it waits its turn. What becomes of node and cluster is one transaction
//! with the action's end.

mod begin;
mod finish;
mod hook;
mod policies;
mod pool;
mod turn;

use super::{Worker, Yield};
use crate::dispatch::{deadline, end, overdue, waking};
use crate::jobs::{Hand, Job, Recovery, Step, Update};
use crate::work::Work;
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::policies::load_balance::{left, member};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_store::{Cancel, Parking, Settled, StoreError, Task};
use finish::{Fate, Last};
use pool::{joins, made};
use serde_json::Value;
use std::time::Duration;

impl Worker {
    pub(in crate::machine) async fn advance_node(&self, task: &Task) -> Result<Yield, StoreError> {
        let id = NodeId::new(task.action.target);
        let Some(node) = self.env.store.get::<Node>(id).await? else {
            return self.node_is_gone(task).await;
        };
        let Some(job) = job(&task.action) else {
            return self.refuse_on_node(task).await;
        };
        let mut work = Self::work_of(task)?;
        if let Some(former) = work.supersedes.filter(|_| !work.begun) {
            // While it is open it gives back by itself what it had, should this worker not come to the end.
            if let Some(former) = self.env.store.get::<Action>(former).await? {
                self.give_back(task, &former, Some(&node)).await?;
            }
            let cancelled = end(ActionStatus::Cancelled, "", self.env.now(), self.env.settings.retention);
            self.env.store.finish_superseded(former, node.cluster_id, &cancelled).await?;
        }
        if let Some(cancel) = task.cancel
            && (!work.begun || cancel == Cancel::Forced)
        {
            return self.cancel_on_node(task, &node, &job, work.begun).await;
        }
        let grace = work.decided.as_ref().and_then(|decided| decided.not_before);
        if overdue(&task.action, grace, self.env.now()) {
            let reason = format!("{} timeout", task.action.label());
            return self.give_up_job(task, &node, &job, &reason).await;
        }
        if !work.begun {
            if let Some(waiting) = self.take_turn(task, &node, &mut work).await? {
                return Ok(waiting);
            }
            // The hold was taken on what was read before it: read what it holds.
            let before = node.cluster_id;
            let Some(node) = self.env.store.get::<Node>(id).await? else {
                return self.node_is_gone(task).await;
            };
            if node.cluster_id != before {
                // It has joined or left: it is another cluster that is to be held.
                if let Some(cluster) = before {
                    self.env.store.cluster_unshare(cluster, task.action.id).await?;
                }
                return Ok(Yield::Parked(Parking { progress: false, ..self.at_once() }));
            }
            return self.begin_on_node(task, &node, &job, work).await;
        }
        if node.active_action != Some(task.action.id) {
            return self.superseded(task, &node).await;
        }
        self.go_on(task, &node, &job, work).await
    }

    pub(super) async fn go_on(
        &self,
        task: &Task,
        node: &Node,
        job: &Job,
        mut work: Work,
    ) -> Result<Yield, StoreError> {
        work.made = work.made.take().filter(|made| made.stands(node, task.action.id));
        if work.made.is_some() {
            return self.join_pool(task, node, job, work, None).await;
        }
        if let Some(instead) = self.leave_pool(task, node, job, &mut work).await? {
            return Ok(instead);
        }
        let decided = work.decided.clone().unwrap_or_default();
        if let Some(until) = decided.not_before.filter(|until| *until > self.env.now()) {
            return Ok(self.parked(&work, until, "Waiting for the grace period to pass."));
        }
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
            Step::Condemned => match self.env.store.node_condemn(node.id, task.action.id).await? {
                Settled::Done => Ok(Yield::Parked(self.at_once())),
                _ => self.superseded(task, node).await,
            },
            Step::Settle(mut settlement) => {
                if *job == Job::Remove && member(&node.data).is_some() {
                    // It has left the pool, and stays.
                    settlement.changes.data = Some(left(&node.data));
                }
                if let Some(made) = made(&settlement, self.env.now()).filter(|_| joins(node, job)) {
                    work.made = Some(made);
                    return self.join_pool(task, node, job, work, Some(*settlement)).await;
                }
                self.finish_node(task, node, job, Last::settled(*settlement, true)).await
            }
            Step::Removed => {
                let last = Last { keeps_capacity: decided.keeps_capacity, ..Last::of(Fate::Removed) };
                self.finish_node(task, node, job, last).await
            }
            Step::Launched(instance) => {
                let (status, reason) = job.status().unwrap_or((node.status, node.status_reason.clone()));
                let launched = self
                    .env
                    .store
                    .node_launched(node.id, task.action.id, &instance, (status, &reason), self.env.now())
                    .await?;
                match launched {
                    Settled::Done | Settled::Earlier(..) => {
                        work.polls = 0;
                        Ok(self.waiting(task, &mut work, None, "Waiting for the backend."))
                    }
                    Settled::Overtaken | Settled::Superseded | Settled::Gone => {
                        self.superseded(task, node).await
                    }
                }
            }
            Step::Waits => Ok(self.waiting(task, &mut work, None, "Waiting for the backend.")),
            Step::PutOff(after) => Ok(self.waiting(task, &mut work, after, "Waiting for the backend.")),
        }
    }

    pub(super) fn waiting(
        &self,
        task: &Task,
        work: &mut Work,
        not_before: Option<Duration>,
        why: &str,
    ) -> Yield {
        work.polls = work.polls.saturating_add(1);
        let wait = self.env.settings.pace.wait(work.polls - 1).max(not_before.unwrap_or_default());
        let grace = work.decided.as_ref().and_then(|decided| decided.not_before);
        self.parked(work, waking(deadline(&task.action, grace), self.env.now(), wait), why)
    }

    pub(super) fn parked(&self, work: &Work, wake_at: Timestamp, why: &str) -> Yield {
        Yield::Parked(Parking {
            wake_at,
            due_at: wake_at.plus(self.env.settings.poll_horizon),
            status: ActionStatus::Waiting,
            status_reason: why.to_owned(),
            work: work.saved().ok(),
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
            Job::Update(Update { profile, properties, stop_within: None })
        }
        _ => return None,
    })
}
