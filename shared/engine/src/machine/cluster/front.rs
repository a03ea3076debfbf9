//! Attaching, detaching and clearing away what stands in front of a cluster: parked between the steps, since a
//! balancer takes its time and one change at a time (spec engine-policies §6).

use super::super::{Worker, Yield};
use crate::actions::{Ending, named_policy};
use crate::dispatch::overdue;
use crate::fleet::{Fronted, Run};
use crate::front::{Balanced, known, origin};
use crate::work::{Fronting, Stage};
use coppice_compute::balancer::Wanted;
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::PolicyId;
use coppice_domain::policies::load_balance::{bound, is_load_balance, kept, with_address, with_addresses_of};
use coppice_domain::policy::{Binding, Policy};
use coppice_store::{BindingChange, StoreError};
use std::time::Duration;

impl Worker {
    /// Ends an action that changes which policies a cluster has, once what the change asks for stands, or is
    /// gone.
    pub(super) async fn conclude_fronted(
        &self,
        mut run: Run<'_>,
        ending: Ending,
    ) -> Result<Yield, StoreError> {
        match ending.bindings.as_slice() {
            [BindingChange::Attach(binding)] if is_load_balance(&binding.policy_type) => {
                let binding = binding.as_ref().clone();
                self.attach(run, binding, ending).await
            }
            [BindingChange::Detach(policy)] => {
                let policy = *policy;
                match bound(&run.view.bindings).filter(|binding| binding.policy_id == policy).cloned() {
                    Some(binding) => self.detach(run, &binding, ending).await,
                    None => self.conclude(&run, ending).await,
                }
            }
            _ if run.task.action.kind == ActionKind::ClusterAttachPolicy && run.work.front.is_some() => {
                // It was being built, and something has come in between.
                let now = self.env.now();
                if let Some(fronting) = &mut run.work.front {
                    fronting.fail(&ending.reason, now);
                }
                self.take_down(run).await
            }
            _ => self.conclude(&run, ending).await,
        }
    }

    async fn attach(
        &self,
        mut run: Run<'_>,
        mut binding: Binding,
        mut ending: Ending,
    ) -> Result<Yield, StoreError> {
        let Some(policy) = run.reads.policy.clone() else { return self.conclude(&run, ending).await };
        let balanced = Balanced::new(&self.env, &run.view.cluster, &policy)?;
        let now = self.env.now();
        if run.work.front.is_none() {
            // Saved before anything is made: whoever ends the action knows that there may be something.
            run.work.front = Some(Fronting::new(Stage::Clean, Default::default(), now));
            if !run.save().await? {
                return Ok(Yield::Lost);
            }
        }
        if let Some(fronting) = &mut run.work.front
            && overdue(&run.task.action, None, now)
        {
            fronting.fail(&format!("{} timeout", run.task.action.label()), now);
        }
        let (patience, origin) = (balanced.wanted.patience, balanced.origin.clone());
        let fronted = run.stand(&origin, Some(&balanced), patience).await?;
        let Some(fronting) = &run.work.front else { return Ok(Yield::Lost) };
        match fronted {
            Fronted::Done if fronting.failure.is_none() => {
                let front = &fronting.front;
                let described =
                    serde_json::to_value(front).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
                binding.data = Some(kept(&described));
                let data =
                    with_address(&run.view.cluster.data, binding.policy_id, front.vip_address.as_deref());
                ending.cluster = ending.cluster.map(|cluster| Cluster { data, ..cluster });
                ending.bindings = vec![BindingChange::Attach(Box::new(binding))];
                self.conclude(&run, ending).await
            }
            fronted => self.left(run, fronted).await,
        }
    }

    async fn detach(
        &self,
        mut run: Run<'_>,
        binding: &Binding,
        mut ending: Ending,
    ) -> Result<Yield, StoreError> {
        let now = self.env.now();
        run.work.front.get_or_insert_with(|| Fronting::new(Stage::Dismantle, known(binding), now));
        let patience = self.patience(binding.policy_id).await?;
        let origin = origin(&self.env, &run.view.cluster, binding.policy_id);
        match run.stand(&origin, None, patience).await? {
            Fronted::Done => {
                let data = with_addresses_of(&run.view.cluster.data, |other| other != binding.policy_id);
                ending.cluster = ending.cluster.map(|cluster| Cluster { data, ..cluster });
                self.conclude(&run, ending).await
            }
            fronted => self.left(run, fronted).await,
        }
    }

    /// Takes down what an attachment has made that came to nothing.
    pub(super) async fn take_down(&self, mut run: Run<'_>) -> Result<Yield, StoreError> {
        let fronted = match named_policy(&run.task.action) {
            Some(policy) => {
                let patience = self.patience(policy).await?;
                let origin = origin(&self.env, &run.view.cluster, policy);
                run.stand(&origin, None, patience).await?
            }
            None => Fronted::Done,
        };
        self.left(run, fronted).await
    }

    /// Takes down what stands in front of a cluster that is being deleted, and detaches the policies that asked
    /// for it; none when nothing is left of it.
    pub(super) async fn clear_fronts(&self, run: &mut Run<'_>) -> Result<Option<Yield>, StoreError> {
        while let Some(binding) = bound(&run.view.bindings).cloned() {
            let now = self.env.now();
            let cleared = |run: &Run<'_>| {
                run.work.front.as_ref().is_some_and(|fronting| fronting.stage == Stage::Dismiss)
            };
            run.work.front.get_or_insert_with(|| Fronting::new(Stage::Dismantle, known(&binding), now));
            if !cleared(run) {
                let patience = self.patience(binding.policy_id).await?;
                let origin = origin(&self.env, &run.view.cluster, binding.policy_id);
                // Its nodes go, and with them what they know.
                match run.clear(&origin, patience).await {
                    Fronted::Done => {}
                    Fronted::Failed(reason) => {
                        let cluster = self.situation(run, now).evaluated();
                        let ending = Ending::new(Some(cluster), ActionStatus::Failed, reason);
                        return self.conclude(run, ending).await.map(Some);
                    }
                    fronted => return Ok(Some(self.put_down(run, &fronted))),
                }
            }
            self.env.store.binding_detach(run.view.cluster.id, binding.policy_id).await?;
            run.view.bindings.retain(|each| each.id != binding.id);
            run.work.front = None;
        }
        Ok(None)
    }

    /// How an action goes on, or ends, whose front did not come to its end, or only to that of a failure.
    async fn left(&self, run: Run<'_>, fronted: Fronted) -> Result<Yield, StoreError> {
        let failure = run.work.front.as_ref().and_then(|fronting| fronting.failure.clone());
        let (status, reason) = match (fronted, failure) {
            (Fronted::Lost, _) => return Ok(Yield::Lost),
            (Fronted::Done, Some(reason)) if run.task.cancel.is_some() => (ActionStatus::Cancelled, reason),
            (Fronted::Done, Some(reason)) => (ActionStatus::Failed, reason),
            (Fronted::Done, None) => (ActionStatus::Failed, String::new()),
            (Fronted::Failed(reason), _) => (ActionStatus::Failed, reason),
            (fronted, _) => {
                let mut run = run;
                return Ok(self.put_down(&mut run, &fronted));
            }
        };
        let cluster = Some(run.view.cluster.clone());
        self.conclude(&run, Ending::new(cluster, status, reason)).await
    }

    /// Puts an action down that waits for the balancer, or makes way for others.
    pub(super) fn put_down(&self, run: &mut Run<'_>, fronted: &Fronted) -> Yield {
        match fronted {
            Fronted::Waits(after) => {
                Yield::Parked(self.awaiting(run, *after, "Waiting for the load balancer."))
            }
            Fronted::Lost => Yield::Lost,
            _ => Yield::Parked(self.out_of_time(run)),
        }
    }

    /// How long a policy lets its balancer take.
    async fn patience(&self, policy: PolicyId) -> Result<Duration, StoreError> {
        let policy = self.env.store.get::<Policy>(policy).await?;
        let properties = policy.and_then(|policy| {
            coppice_domain::policy_types::get(&policy.type_name).ok()?.properties(&policy.spec).ok()
        });
        Ok(Wanted::read("", &properties.unwrap_or_default()).patience)
    }
}
