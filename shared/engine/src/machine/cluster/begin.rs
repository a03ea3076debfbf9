//! How an action on a cluster begins, and each of its phases.

use super::super::{Worker, Yield, draws};
use crate::actions::{AtOnce, Beginning, ClusterAction, Ending, Reads, Wants};
use crate::fleet::Run;
use crate::history;
use crate::jobs::Job;
use crate::work::{Assignment, Creation, IN_PLACE, Plan};
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_domain::ids::ProfileId;
use coppice_domain::node::Node;
use coppice_domain::policy::Policy;
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use uuid::Uuid;

impl Worker {
    /// Decides, and ends the action with it.
    pub(super) async fn decide_at_once(
        &self,
        decisions: &dyn AtOnce,
        mut run: Run<'_>,
    ) -> Result<Yield, StoreError> {
        run.reads = self.reads(decisions.wants(&run.task.action), &run).await?;
        let ending = decisions.decide(&self.situation(&run, self.env.now())).unwrap_or_else(Ending::from);
        self.conclude_fronted(run, ending).await
    }

    /// Decides, and saves the decision with the step that begins it.
    pub(super) async fn begin(
        &self,
        decisions: &dyn ClusterAction,
        run: &mut Run<'_>,
    ) -> Result<Option<Yield>, StoreError> {
        if let Some(former) = run.work.supersedes {
            self.end_former(former, run.task.action.id, &run.view).await?;
        }
        let task = run.task;
        if task.action.kind == ActionKind::ClusterDelete
            && let Some(ended) = self.clear_fronts(run).await?
        {
            return Ok(Some(ended));
        }
        let now = self.env.now();
        if let Err(reason) = self.ask_policies(run, now).await? {
            let cluster = Some(run.view.cluster.clone());
            return self.conclude(run, Ending::new(cluster, ActionStatus::Failed, reason)).await.map(Some);
        }
        run.reads = self.reads(decisions.wants(&task.action), run).await?;
        let mut rng = draws(task.action.id.uuid());
        let beginning = match decisions.begin(&self.situation(run, now), &mut rng) {
            Ok(beginning) => beginning,
            Err(refused) => return self.conclude(run, refused.into()).await.map(Some),
        };
        if let Some(gone) = self.missing_profile(&run.view.cluster, &beginning.cluster, now).await? {
            let reason = format!("The specified profile '{gone}' could not be found.");
            let cluster = Some(run.view.cluster.clone());
            return self.conclude(run, Ending::new(cluster, ActionStatus::Failed, reason)).await.map(Some);
        }
        let event = history::started(&task.action, &run.view.cluster, now);
        if self.begin_phase(run, beginning, Some(&event)).await? { Ok(None) } else { Ok(Some(Yield::Lost)) }
    }

    /// Saves the plan of a phase with the step that begins it; `false` when the claim or cluster was lost.
    pub(super) async fn begin_phase(
        &self,
        run: &mut Run<'_>,
        beginning: Beginning,
        event: Option<&Event>,
    ) -> Result<bool, StoreError> {
        let now = self.env.now();
        let mut plan = self.plan(run, &beginning, now).await?;
        plan.pool = run.pooled(&plan, now);
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

    /// The same for a phase that does something else to the nodes of the one before.
    pub(super) async fn begin_following(
        &self,
        run: &mut Run<'_>,
        assignment: Assignment,
    ) -> Result<bool, StoreError> {
        let plan = Plan { assignment: Some(assignment), ..Plan::default() };
        run.work.plan = Some(run.in_the_same_manner(plan, self.env.now()));
        run.register_step(None).await
    }

    /// Reads what a decision is made from beside the cluster and its members. Inputs may come from a
    /// webhook, unchecked: what they name in other projects is not there (invariant 8).
    async fn reads(&self, wanted: Wants, run: &Run<'_>) -> Result<Reads, StoreError> {
        let (store, cluster) = (&self.env.store, &run.view.cluster);
        let mut nodes: Vec<Node> = store.get_many(&wanted.nodes).await?;
        nodes.retain(|node| node.project == cluster.project);
        let mut profiles: Vec<Profile> = Vec::new();
        if wanted.profile.is_some() || wanted.policy.is_some() {
            let ids: Vec<ProfileId> = [cluster.profile_id].into_iter().chain(wanted.profile).collect();
            profiles = store.get_many(&ids).await?;
            profiles.retain(|profile| profile.project == cluster.project);
        }
        let policy = match wanted.policy {
            Some(id) if store.template_usable::<Policy>(id, self.env.now()).await? => {
                store.get::<Policy>(id).await?.filter(|policy| policy.project == cluster.project)
            }
            _ => None,
        };
        Ok(Reads { nodes, profiles, policy })
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
        let plan = Plan { creation, ..Plan::default() };
        let Some((job, nodes)) = beginning.assignment.as_ref().filter(|(_, nodes)| !nodes.is_empty()) else {
            return Ok(run.in_manner(plan, now));
        };
        let ids: Vec<Uuid> = nodes.iter().map(|node| node.uuid()).collect();
        let count = ids.len();
        let (nodes, parts) = if count <= IN_PLACE {
            (ids, None)
        } else {
            let expires_at = now.plus(self.env.settings.retention).seconds();
            let parts = self.env.store.put_parts(run.task, run.work.phase, &ids, expires_at).await?;
            (Vec::new(), Some(parts))
        };
        let (job, then) = run.in_order(job);
        let assignment = Assignment { job, nodes, parts, count, registered: 0, at: now, then };
        Ok(run.in_manner(Plan { assignment: Some(assignment), ..plan }, now))
    }
}
