//! How an action on a cluster ends, and what ends with it.

use super::super::{Worker, Yield};
use crate::actions::{ClusterAction, Ending};
use crate::dispatch::end;
use crate::fleet::Run;
use crate::history;
use crate::jobs::Job;
use crate::work::{Creation, IN_PLACE, Plan};
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::ids::{ActionId, NodeId};
use coppice_store::{BindingChange, ClusterEnd, ClusterView, StoreError, child};
use serde_json::json;

impl Worker {
    /// Ends the action a deletion took the cluster over from, after what it and those before it derived: a
    /// parent ends last (invariant 5), and an earlier holder may not have noticed yet that it lost.
    pub(super) async fn end_former(
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
    pub(super) async fn cancel_children(
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

    pub(super) async fn finish(
        &self,
        decisions: &dyn ClusterAction,
        run: Run<'_>,
        plan: &Plan,
    ) -> Result<Yield, StoreError> {
        let mut ending = decisions.end(&self.situation(&run, self.env.now()), plan);
        if !run.work.unpooled.is_empty() && ending.cluster.is_some() {
            ending.status = ActionStatus::Failed;
            ending.reason = self.not_pooled(&run).await?;
        }
        self.conclude(&run, ending).await
    }

    /// Ends the action and lets its cluster go, as one.
    pub(super) async fn conclude(&self, run: &Run<'_>, ending: Ending) -> Result<Yield, StoreError> {
        let (task, before, now) = (run.task, &run.view.cluster, self.env.now());
        let mut events = vec![history::ended(&task.action, before, now, ending.status, &ending.reason)];
        // What ends before it has done anything began all the same, unless nobody wanted that any more.
        if run.work.plan.is_none() && ending.status != ActionStatus::Cancelled {
            events.insert(0, history::started(&task.action, before, now));
        }
        let finish = end(ending.status, &ending.reason, now, self.env.settings.retention);
        let done = match ending.cluster {
            Some(cluster) => {
                let cluster = Box::pin(self.referring(run, cluster)).await?;
                let after =
                    Cluster { active_action: None, active_kind: None, updated_at: Some(now), ..cluster };
                let attached = |id| run.view.bindings.iter().any(|binding| binding.policy_id == id);
                let counted = run.work.counts.iter().copied().filter(|policy| attached(*policy));
                let mut bindings = ending.bindings;
                bindings.extend(counted.map(|policy| BindingChange::Counted(policy, now)));
                let data = run.decided.shown();
                let outputs = outputs(run, ending.status);
                let ending = ClusterEnd {
                    cluster: (before, &after),
                    bindings: &bindings,
                    data: data.as_ref(),
                    outputs: outputs.as_ref(),
                    events: &events,
                    end: &finish,
                };
                self.env.store.finish_cluster_task(task, ending).await?
            }
            None => {
                if !self.env.store.cluster_clear(task, &run.view).await? {
                    return Ok(Yield::Lost);
                }
                self.env.store.cluster_unreference(before).await?;
                self.env.store.finish_cluster_removal(task, before, &events, &finish).await?
            }
        };
        tracing::info!(
            action.id = %task.action.id, action.kind = task.action.kind.name(), cluster.id = %before.id,
            status = ending.status.name(), reason = %ending.reason, "action ended"
        );
        Ok(if done { Yield::Ended } else { Yield::Lost })
    }
}

/// What an action that succeeded produced: the nodes that came or went in its last phase. A list that would
/// make the record grow with the cluster is left out (invariant 6).
fn outputs(run: &Run<'_>, status: ActionStatus) -> Option<JsonMap> {
    let plan = run.work.plan.as_ref().filter(|_| status == ActionStatus::Succeeded)?;
    let own = run.task.action.id;
    if let Some(creation) = plan.creation.filter(|creation| creation.count <= IN_PLACE as u64) {
        let added: Vec<NodeId> = (0..creation.count).map(|place| Creation::node(own, place)).collect();
        return Some(JsonMap::from_iter([("nodes_added".to_owned(), json!(added))]));
    }
    let left =
        plan.assignment.as_ref().filter(|assignment| matches!(assignment.job, Job::Remove | Job::Leave))?;
    (!left.nodes.is_empty()).then(|| JsonMap::from_iter([("nodes_removed".to_owned(), json!(left.nodes))]))
}
