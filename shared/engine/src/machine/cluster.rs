//! Actions on clusters.

use super::{Worker, Yield, not_done, seed};
use crate::actions::{Beginning, ClusterAction, Ending, Reads, Situation, on_cluster};
use crate::dispatch::{end, overdue};
use crate::fleet::{Driven, Run};
use crate::history;
use crate::jobs::Job;
use crate::work::{Assignment, Creation, IN_PLACE, Plan};
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_domain::ids::{ActionId, ProfileId};
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, StoreError, Task, child};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use uuid::Uuid;

impl Worker {
    pub(super) async fn advance_cluster(&self, task: &Task) -> Result<Yield, StoreError> {
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
        let run = Run::new(self, task, view, Self::work_of(task)?);
        if task.cancel.is_some() {
            return self.cancel_cluster(run).await;
        }
        let Some(decisions) = on_cluster(task.action.kind) else {
            let cluster = Some(run.view.cluster.clone());
            let reason = not_done(task.action.kind);
            return self.conclude(&run, Ending { cluster, status: ActionStatus::Failed, reason }).await;
        };
        self.carry_on(decisions, run).await
    }

    /// Ends an action that a client wants cancelled: what it was at stays as it is.
    async fn cancel_cluster(&self, mut run: Run<'_>) -> Result<Yield, StoreError> {
        let begun = run.work.plan.is_some();
        let reason = format!("{} [{}] cancelled", run.task.action.kind.name(), run.task.action.id.short());
        run.abandon(&reason, ActionStatus::Cancelled).await?;
        let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? else {
            return Ok(Yield::Lost);
        };
        run.view = view;
        let situation = self.situation(&run, self.env.now());
        // A cluster that never came to be is judged all the same: nothing else will.
        let judged = begun || run.task.action.kind == ActionKind::ClusterCreate;
        let cluster = if judged { situation.evaluated() } else { run.view.cluster.clone() };
        self.conclude(&run, Ending { cluster: Some(cluster), status: ActionStatus::Cancelled, reason }).await
    }

    async fn carry_on(&self, decisions: &dyn ClusterAction, mut run: Run<'_>) -> Result<Yield, StoreError> {
        if run.work.plan.is_none()
            && let Some(ended) = self.begin(decisions, &mut run).await?
        {
            return Ok(ended);
        }
        let timed_out = overdue(&run.task.action, self.env.now());
        loop {
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
            let plan = run.work.plan.clone().unwrap_or_default();
            if run.pending().next().is_some() || (!plan.registered() && !timed_out) {
                return Ok(Yield::Parked(self.parking(run, &driven)));
            }
            let more = if timed_out { None } else { self.next(decisions, &run, &plan) };
            let Some(beginning) = more else { return self.finish(decisions, run, &plan).await };
            run.work.phase += 1;
            if !self.begin_phase(&mut run, beginning, None).await? {
                return Ok(Yield::Lost);
            }
        }
    }

    /// What the action goes on with after a phase, if it does.
    fn next(&self, decisions: &dyn ClusterAction, run: &Run<'_>, plan: &Plan) -> Option<Beginning> {
        let mut rng = ChaCha8Rng::from_seed(seed(run.task.action.id));
        decisions.next(&self.situation(run, self.env.now()), plan, &mut rng)
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
        run.reads = self.reads(decisions, run).await?;
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
        let event = history::started(&task.action, &run.view.cluster, now);
        if self.begin_phase(run, beginning, Some(&event)).await? { Ok(None) } else { Ok(Some(Yield::Lost)) }
    }

    /// Saves the plan of a phase with the step that begins it; `false` when the claim or cluster was lost.
    async fn begin_phase(
        &self,
        run: &mut Run<'_>,
        beginning: Beginning,
        event: Option<&Event>,
    ) -> Result<bool, StoreError> {
        let now = self.env.now();
        let plan = self.plan(run, &beginning, now).await?;
        let mut after = beginning.cluster;
        after.updated_at = Some(now);
        if let Some(creation) = &plan.creation {
            after.next_index += i64::try_from(creation.count).unwrap_or(0);
        }
        if let Some(Assignment { job: Job::Join { .. }, count, .. }) = &plan.assignment {
            after.next_index += i64::try_from(*count).unwrap_or(0);
        }
        run.work.plan = Some(plan);
        run.register_step(Some((after, event))).await
    }

    /// Reads what the decision is made from beside the cluster and its members. Inputs may come from a
    /// webhook, unchecked: what they name in other projects is not there (invariant 8).
    async fn reads(&self, decisions: &dyn ClusterAction, run: &Run<'_>) -> Result<Reads, StoreError> {
        let wanted = decisions.wants(&run.task.action);
        let store = &self.env.store;
        let project = &run.view.cluster.project;
        let mut nodes: Vec<Node> = store.get_many(&wanted.nodes).await?;
        nodes.retain(|node| node.project == *project);
        let mut profiles: Vec<Profile> = Vec::new();
        if let Some(new) = wanted.profile {
            profiles = store.get_many(&[run.view.cluster.profile_id, new]).await?;
            profiles.retain(|profile| profile.project == *project);
        }
        Ok(Reads { nodes, profiles })
    }

    /// A profile that the cluster shall use from now on and that is gone, or another project's. It may also go
    /// between this and the step: then the step is refused, and decided again.
    async fn missing_profile(
        &self,
        before: &Cluster,
        after: &Cluster,
        now: Timestamp,
    ) -> Result<Option<ProfileId>, StoreError> {
        for id in after.profile_refs.iter().filter(|id| !before.profile_refs.contains(id)) {
            let usable = self.env.store.template_usable::<Profile>(*id, now).await?;
            let profile = if usable { self.env.store.get::<Profile>(*id).await? } else { None };
            if profile.is_none_or(|profile| profile.project != after.project) {
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
        let Some((job, nodes)) = &beginning.assignment else {
            return Ok(Plan { creation, assignment: None });
        };
        if nodes.is_empty() {
            return Ok(Plan { creation, assignment: None });
        }
        let ids: Vec<Uuid> = nodes.iter().map(|node| node.uuid()).collect();
        let count = ids.len();
        let (nodes, parts) = if count <= IN_PLACE {
            (ids, 0)
        } else {
            let expires_at = now.plus(self.env.settings.retention).seconds();
            (Vec::new(), self.env.store.put_parts(run.task.action.id, &ids, expires_at).await?)
        };
        let job = job.clone();
        Ok(Plan {
            creation,
            assignment: Some(Assignment { job, nodes, parts, count, registered: 0, at: now }),
        })
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
                let child = child(holder, member.phase, member.node);
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

    pub(super) async fn give_up_cluster(&self, task: &Task, reason: String) -> Result<(), StoreError> {
        let view = match task.action.cluster_id {
            Some(id) => self.env.store.cluster_view(id).await?,
            None => None,
        };
        let Some(view) = view.filter(|view| view.cluster.active_action == Some(task.action.id)) else {
            self.close(task, ActionStatus::Failed, &reason).await?;
            return Ok(());
        };
        let mut run = Run::new(self, task, view, Self::work_of(task).unwrap_or_default());
        run.abandon(&reason, ActionStatus::Failed).await?;
        if let Some(view) = self.env.store.cluster_view(run.view.cluster.id).await? {
            run.view = view;
        }
        let cluster = self.situation(&run, self.env.now()).evaluated();
        let ending = Ending { cluster: Some(cluster), status: ActionStatus::Failed, reason };
        self.conclude(&run, ending).await.map(|_| ())
    }

    fn situation<'a>(&'a self, run: &'a Run<'_>, now: Timestamp) -> Situation<'a> {
        Situation {
            action: &run.task.action,
            cluster: &run.view.cluster,
            members: &run.view.members,
            reads: &run.reads,
            phase: run.work.phase,
            settings: &self.env.settings,
            now,
        }
    }
}
