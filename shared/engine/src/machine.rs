//! Carrying one action on from wherever it stands.
//!
//! A claimed task goes through: begin (decide, save the plan with the first step), register (nodes to
//! make or remove, in steps), drive (ask the backend, settle what is ready), and then either end or park
//! until there may be something to do. Every one of these may die anywhere and be done again.

use crate::actions::{Beginning, ClusterAction, Ending, Situation, on_cluster};
use crate::dispatch::{end, overdue};
use crate::env::Env;
use crate::fleet::{Driven, Run};
use crate::history;
use crate::work::{Creation, IN_PLACE, Plan, Removal, Work};
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::{ActionId, NodeId, ProfileId};
use coppice_domain::node::NodeStatus;
use coppice_domain::time::Timestamp;
use coppice_store::{CHILD, ClusterView, Parking, StoreError, Task};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::time::Duration;
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
        if !task.action.kind.is_on_cluster() {
            return self.refuse_on_node(task).await;
        }
        let view = match task.action.cluster_id {
            Some(id) => self.env.store.cluster_view(id).await?,
            None => None,
        };
        let Some(view) = view else {
            let reason = format!("The cluster '{}' could not be found.", task.action.target);
            return self.close(task, ActionStatus::Failed, &reason).await;
        };
        if view.cluster.active_action != Some(task.action.id) {
            // A deletion has taken the cluster over (invariant 2).
            self.cancel_children(&view, |holder| holder == task.action.id).await?;
            return self.close(task, ActionStatus::Cancelled, "").await;
        }
        let Some(decisions) = on_cluster(task.action.kind) else {
            let run = Run::new(self, task, view, Work::default());
            let cluster = Some(run.view.cluster.clone());
            let reason = not_done(task.action.kind);
            return self.conclude(&run, Ending { cluster, status: ActionStatus::Failed, reason }).await;
        };
        let work = task.work.clone().map(serde_json::from_value).transpose();
        let work: Work = work
            .map_err(|cause| StoreError::Corrupt(format!("plan of action {}: {cause}", task.action.id)))?
            .unwrap_or_default();
        let run = Run::new(self, task, view, work);
        self.carry_on(decisions, run).await
    }

    async fn carry_on(&self, decisions: &dyn ClusterAction, mut run: Run<'_>) -> Result<Yield, StoreError> {
        if run.work.plan.is_none()
            && let Some(ended) = self.begin(decisions, &mut run).await?
        {
            return Ok(ended);
        }
        let timed_out = overdue(&run.task.action, self.env.now());
        if !timed_out && !run.register().await? {
            return Ok(Yield::Lost);
        }
        let driven = run.drive(timed_out).await?;
        if matches!(driven, Driven::Lost) {
            return Ok(Yield::Lost);
        }
        let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? else {
            return Ok(Yield::Lost);
        };
        run.view = view;
        let plan = run.work.plan.clone().unwrap_or(Plan { creation: None, removal: None });
        let waiting = run.pending().next().is_some() || (!plan.registered() && !timed_out);
        if waiting {
            Ok(Yield::Parked(self.parking(run, &driven)))
        } else {
            self.finish(decisions, run, &plan).await
        }
    }

    /// Decides, and saves the decision with the step that begins it.
    async fn begin(
        &self,
        decisions: &dyn ClusterAction,
        run: &mut Run<'_>,
    ) -> Result<Option<Yield>, StoreError> {
        if let Some(former) = run.work.supersedes {
            self.end_former(former, run.task.action.id, &run.view).await?;
        }
        let task = run.task;
        let now = self.env.now();
        let mut rng = ChaCha8Rng::from_seed(seed(task.action.id));
        let beginning = match decisions.begin(&self.situation(run, now), &mut rng) {
            Ok(beginning) => beginning,
            Err(refused) => {
                let cluster = Some(*refused.cluster);
                let ending = Ending { cluster, status: ActionStatus::Failed, reason: refused.reason };
                return self.conclude(run, ending).await.map(Some);
            }
        };
        if let Some(gone) = self.missing_profile(&run.view.cluster, &beginning.cluster, now).await? {
            let reason = format!("The specified profile '{gone}' could not be found.");
            let cluster = Some(run.view.cluster.clone());
            return self
                .conclude(run, Ending { cluster, status: ActionStatus::Failed, reason })
                .await
                .map(Some);
        }
        let plan = self.plan(run, &beginning, now).await?;
        let mut after = beginning.cluster;
        after.updated_at = Some(now);
        if let Some(creation) = &plan.creation {
            after.next_index += i64::try_from(creation.count).unwrap_or(0);
        }
        run.work.plan = Some(plan);
        let event = history::started(&task.action, &run.view.cluster, now);
        if run.register_step(Some((after, &event))).await? { Ok(None) } else { Ok(Some(Yield::Lost)) }
    }

    /// A profile that the cluster shall use from now on and that is gone. It may also go between this and
    /// the step: then the step is refused, and decided again.
    async fn missing_profile(
        &self,
        before: &Cluster,
        after: &Cluster,
        now: Timestamp,
    ) -> Result<Option<ProfileId>, StoreError> {
        for id in after.profile_refs.iter().filter(|id| !before.profile_refs.contains(id)) {
            if !self.env.store.template_usable::<coppice_domain::profile::Profile>(*id, now).await? {
                return Ok(Some(*id));
            }
        }
        Ok(None)
    }

    async fn plan(&self, run: &Run<'_>, beginning: &Beginning, now: Timestamp) -> Result<Plan, StoreError> {
        let creation = (beginning.create > 0).then_some(Creation {
            count: beginning.create,
            first_index: run.view.cluster.next_index,
            registered: 0,
            at: now,
        });
        let ids: Vec<Uuid> = beginning.remove.iter().map(|node| node.uuid()).collect();
        let removal = if ids.is_empty() {
            None
        } else {
            let count = ids.len();
            let remaining = run.view.members.len().saturating_sub(count);
            let (nodes, parts) = if count <= IN_PLACE {
                (ids, 0)
            } else {
                let expires_at = now.plus(self.env.settings.retention).seconds();
                (Vec::new(), self.env.store.put_parts(run.task.action.id, &ids, expires_at).await?)
            };
            Some(Removal { nodes, parts, count, registered: 0, remaining, at: now })
        };
        Ok(Plan { creation, removal })
    }

    /// Ends the action a deletion took the cluster over from, after what it and those before it derived: a
    /// parent ends last (invariant 5), and an earlier holder may not have noticed yet that it lost.
    async fn end_former(
        &self,
        former: ActionId,
        own: ActionId,
        view: &ClusterView,
    ) -> Result<(), StoreError> {
        self.cancel_children(view, |holder| holder != own).await?;
        let cancelled = end(ActionStatus::Cancelled, "", self.env.now(), self.env.settings.retention);
        self.env.store.finish_action(former, &cancelled).await.map(|_| ())
    }

    /// Ends the actions derived for members that are pending for these former holders.
    async fn cancel_children(
        &self,
        view: &ClusterView,
        of: impl Fn(ActionId) -> bool,
    ) -> Result<(), StoreError> {
        let now = self.env.now();
        let cancelled = end(ActionStatus::Cancelled, "", now, self.env.settings.retention);
        for member in &view.members {
            if let Some(holder) = member.pending.filter(|holder| of(*holder)) {
                let child = ActionId::derived_for(holder, CHILD, member.node.uuid());
                self.env.store.finish_child(child, now, &cancelled).await?;
            }
        }
        Ok(())
    }

    async fn finish(
        &self,
        decisions: &dyn ClusterAction,
        run: Run<'_>,
        plan: &Plan,
    ) -> Result<Yield, StoreError> {
        let ending = decisions.end(&self.situation(&run, self.env.now()), plan);
        self.conclude(&run, ending).await
    }

    /// Ends the action and lets its cluster go, as one.
    async fn conclude(&self, run: &Run<'_>, ending: Ending) -> Result<Yield, StoreError> {
        let (task, before, now) = (run.task, &run.view.cluster, self.env.now());
        let event = history::ended(&task.action, before, now, ending.status, &ending.reason);
        let finish = end(ending.status, &ending.reason, now, self.env.settings.retention);
        let done = match ending.cluster {
            Some(cluster) => {
                let after =
                    Cluster { active_action: None, active_kind: None, updated_at: Some(now), ..cluster };
                self.env.store.finish_cluster_task(task, (before, &after), &event, &finish).await?
            }
            None => {
                self.env.store.cluster_clear(&run.view).await?;
                self.env.store.finish_cluster_removal(task, before, &event, &finish).await?
            }
        };
        tracing::info!(
            action.id = %task.action.id, action.kind = task.action.kind.name(), cluster.id = %before.id,
            status = ending.status.name(), reason = %ending.reason, "action ended"
        );
        Ok(if done { Yield::Ended } else { Yield::Lost })
    }

    /// Ends an action on a node that this version does not carry out, and lets its node go.
    async fn refuse_on_node(&self, task: &Task) -> Result<Yield, StoreError> {
        let node = NodeId::new(task.action.target);
        let lost = (task.action.kind == ActionKind::NodeCreate).then_some(NodeStatus::Error);
        let reason = not_done(task.action.kind);
        self.env
            .store
            .node_release(node, task.action.id, lost.map(|status| (status, reason.as_str())))
            .await?;
        if let Some(cluster) = task.action.cluster_id {
            self.env.store.cluster_unshare(cluster, task.action.id).await?;
        }
        self.close(task, ActionStatus::Failed, &reason).await
    }

    /// Ends an action that does not hold a cluster.
    async fn close(&self, task: &Task, status: ActionStatus, reason: &str) -> Result<Yield, StoreError> {
        let finish = end(status, reason, self.env.now(), self.env.settings.retention);
        self.env.store.finish_action(task.action.id, &finish).await?;
        Ok(Yield::Ended)
    }

    /// Ends an action that is claimed again and again without getting anywhere, and lets its cluster go.
    pub(crate) async fn give_up(&self, task: &Task) -> Result<(), StoreError> {
        let reason = format!("The action was abandoned after {} attempts.", task.attempts - 1);
        tracing::error!(action.id = %task.action.id, attempts = task.attempts, "action abandoned");
        let view = match task.action.cluster_id {
            Some(id) => self.env.store.cluster_view(id).await?,
            None => None,
        };
        let Some(view) = view.filter(|view| view.cluster.active_action == Some(task.action.id)) else {
            self.close(task, ActionStatus::Failed, &reason).await?;
            return Ok(());
        };
        let mut run = Run::new(self, task, view, Work::default());
        run.abandon(&reason).await?;
        if let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? {
            run.view = view;
        }
        let cluster = self.situation(&run, self.env.now()).evaluated();
        let ending = Ending { cluster: Some(cluster), status: ActionStatus::Failed, reason };
        self.conclude(&run, ending).await.map(|_| ())
    }

    /// For an action that waits for its backend: how long to wait on, when nothing has moved since. Reads
    /// only, so that a poll costs no write.
    pub(crate) async fn nothing_new(
        &self,
        task: &Task,
        now: Timestamp,
    ) -> Result<Option<Duration>, StoreError> {
        let work: Option<Work> = task.work.clone().and_then(|work| serde_json::from_value(work).ok());
        let (Some(mut work), Some(cluster)) = (work, task.action.cluster_id) else { return Ok(None) };
        let Some(view) = self.env.store.cluster_view(cluster).await? else { return Ok(None) };
        if view.cluster.active_action != Some(task.action.id)
            || !work.plan.as_ref().is_some_and(Plan::registered)
        {
            return Ok(None);
        }
        let since_park = task.wake_at.map_or(Duration::ZERO, |wake_at| now.since(wake_at));
        work.polls += u32::try_from(since_park.as_millis() / 1000).unwrap_or(0).checked_ilog2().unwrap_or(0);
        let wait = self.env.settings.pace.wait(work.polls);
        let run = Run::new(self, task, view, work);
        Ok(run.all_building().await.then_some(wait))
    }

    fn parking(&self, mut run: Run<'_>, driven: &Driven) -> Parking {
        let settings = &self.env.settings;
        let Driven::Through { progress, not_before, out_of_time } = *driven else {
            return self.at_once();
        };
        if out_of_time {
            return Parking { work: serde_json::to_value(&run.work).ok(), ..self.at_once() };
        }
        run.work.polls = if progress { 0 } else { run.work.polls.saturating_add(1) };
        let wait = settings.pace.wait(run.work.polls).max(not_before.unwrap_or_default());
        let wake_at = self.env.now().plus(wait);
        Parking {
            wake_at,
            due_at: wake_at.plus(settings.poll_horizon),
            status: ActionStatus::Waiting,
            status_reason: "Waiting for depended actions.".to_owned(),
            work: serde_json::to_value(&run.work).ok(),
            progress: true,
        }
    }

    fn at_once(&self) -> Parking {
        let now = self.env.now();
        Parking {
            wake_at: now,
            due_at: now.plus(self.env.settings.due_grace),
            status: ActionStatus::Waiting,
            status_reason: "Waiting for depended actions.".to_owned(),
            work: None,
            progress: true,
        }
    }

    fn situation<'a>(&'a self, run: &'a Run<'_>, now: Timestamp) -> Situation<'a> {
        Situation {
            action: &run.task.action,
            cluster: &run.view.cluster,
            members: &run.view.members,
            settings: &self.env.settings,
            now,
        }
    }
}

/// Why an action ends that this version records and does not carry out.
fn not_done(kind: ActionKind) -> String {
    format!("{} is not carried out by this version of the service.", kind.name())
}

/// The seed of every random choice of an action: a step that is decided twice is decided alike.
pub(crate) fn seed(action: ActionId) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(action.uuid().as_bytes());
    seed
}
