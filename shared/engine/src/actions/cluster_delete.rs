//! `CLUSTER_DELETE` (spec engine-cluster §6): remove every node, then the cluster.

use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::jobs::Job;
use crate::work::Plan;
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::policies::load_balance::with_addresses_of;
use rand_chacha::ChaCha8Rng;

pub(super) struct ClusterDelete;

impl ClusterAction for ClusterDelete {
    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        Ok(Beginning {
            create: 0,
            assignment: Some((Job::Remove, now.members.iter().map(|member| member.node).collect())),
            cluster: Cluster {
                // What stood in front of it is gone.
                data: with_addresses_of(&now.cluster.data, |policy| {
                    now.bindings.iter().any(|binding| binding.policy_id == policy)
                }),
                status: ClusterStatus::Deleting,
                status_reason: "Deletion in progress".to_owned(),
                ..now.cluster.clone()
            },
        })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        if now.members.is_empty() {
            return Ending::new(None, ActionStatus::Succeeded, "Cluster deletion succeeded.");
        }
        // Members are left: they failed, or time ran out.
        let ending = now.concluded(plan, "");
        let reason = format!("Failed in deleting nodes: {} failed", now.action.label());
        Ending { status: ActionStatus::Failed, reason, ..ending }
    }
}
