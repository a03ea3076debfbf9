//! Before nodes are taken out they leave the pool of the cluster's load balancer, and when they have come they
//! join it (spec engine-policies §6).

use super::super::{Worker, Yield};
use crate::actions::{Ending, Situation};
use crate::fleet::{Fronted, Run};
use crate::front::Balanced;
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::Cluster;
use coppice_domain::policies::load_balance::not_added;
use coppice_store::StoreError;

impl Worker {
    /// What an action does instead of going on with its nodes: it waits until they have left the pool, or ends
    /// because they could not. Then the cluster is as large as before, and who had left is back.
    pub(super) async fn out_of_pool(&self, run: &mut Run<'_>) -> Result<Option<Yield>, StoreError> {
        match run.leave_pool().await? {
            Fronted::Done => {}
            fronted => return Ok(Some(self.put_down(run, &fronted))),
        }
        let Some(reason) = run.refused().map(str::to_owned) else { return Ok(None) };
        match run.join_pool().await? {
            Fronted::Done => {}
            fronted => return Ok(Some(self.put_down(run, &fronted))),
        }
        let leaving = run.work.plan.as_ref().and_then(|plan| plan.pool.as_ref()?.leaving);
        let before = run.view.cluster.clone();
        let cluster = Cluster { sizes: leaving.unwrap_or(before.sizes), ..before };
        let cluster = Situation { cluster: &cluster, ..self.situation(run, self.env.now()) }.evaluated();
        let cancelled = run.task.cancel.is_some();
        let status = if cancelled { ActionStatus::Cancelled } else { ActionStatus::Failed };
        self.conclude(run, Ending::new(Some(cluster), status, reason)).await.map(Some)
    }

    /// How long an action has to wait for its nodes to join the pool; none when they have.
    pub(super) async fn enter_pool(&self, run: &mut Run<'_>) -> Result<Option<Yield>, StoreError> {
        match run.join_pool().await? {
            Fronted::Done => Ok(None),
            fronted => Ok(Some(self.put_down(run, &fronted))),
        }
    }

    /// How long an action that is given up for this reason has to wait until those that had left the pool, and are
    /// still there, have joined it again; none when they have.
    pub(super) async fn back_in_pool(
        &self,
        run: &mut Run<'_>,
        reason: &str,
    ) -> Result<Option<Yield>, StoreError> {
        if run.take_back(reason) { self.enter_pool(run).await } else { Ok(None) }
    }

    /// Why an action fails whose nodes are not all in the pool.
    pub(super) async fn not_pooled(&self, run: &Run<'_>) -> Result<String, StoreError> {
        let balanced = Balanced::of(&self.env, &run.view.cluster, &run.view.bindings).await?;
        let name = balanced.map(|(balanced, _)| balanced.name).unwrap_or_default();
        Ok(format!("Policy check failure: {}", not_added(&name, &run.work.unpooled)))
    }
}
