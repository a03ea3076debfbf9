//! `CLUSTER_DETACH_POLICY` (spec engine-cluster §6): take a policy off the cluster.

use super::{AtOnce, Ending, Refused, Situation, Wants, attached_policy};
use coppice_domain::action::{Action, ActionStatus};
use coppice_store::BindingChange;

pub(super) struct ClusterDetachPolicy;

impl AtOnce for ClusterDetachPolicy {
    fn wants(&self, _: &Action) -> Wants {
        Wants::default()
    }

    fn decide(&self, now: &Situation<'_>) -> Result<Ending, Refused> {
        let policy = attached_policy(now)?;
        Ok(Ending {
            bindings: vec![BindingChange::Detach(policy)],
            ..Ending::new(Some(now.cluster.clone()), ActionStatus::Succeeded, "Policy detached.")
        })
    }
}
