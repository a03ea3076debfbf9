//! `CLUSTER_DETACH_POLICY` (spec engine-cluster §6): take a policy off the cluster.

use super::{AtOnce, Ending, Refused, Situation, Wants, named_policy};
use coppice_domain::action::{Action, ActionStatus};
use coppice_store::BindingChange;

pub(super) struct ClusterDetachPolicy;

impl AtOnce for ClusterDetachPolicy {
    fn wants(&self, _: &Action) -> Wants {
        Wants::default()
    }

    fn decide(&self, now: &Situation<'_>) -> Result<Ending, Refused> {
        let attached = |id| now.bindings.iter().any(|binding| binding.policy_id == id);
        let Some(policy) = named_policy(now.action).filter(|id| attached(*id)) else {
            let reason = "Policy not attached.".to_owned();
            return Err(Refused { cluster: Box::new(now.cluster.clone()), reason });
        };
        Ok(Ending {
            bindings: vec![BindingChange::Detach(policy)],
            ..Ending::new(Some(now.cluster.clone()), ActionStatus::Succeeded, "Policy detached.")
        })
    }
}
