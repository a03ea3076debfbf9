//! `CLUSTER_CHECK` (spec engine-cluster §6): see how every member's instance is.

use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::jobs::Job;
use crate::work::Plan;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use rand_chacha::ChaCha8Rng;

pub(super) struct ClusterCheck;

impl ClusterAction for ClusterCheck {
    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        Ok(Beginning {
            create: 0,
            assignment: Some((Job::Check, now.members.iter().map(|member| member.node).collect())),
            cluster: Cluster {
                status: ClusterStatus::Checking,
                status_reason: "Check in progress".to_owned(),
                ..now.cluster.clone()
            },
        })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, "Cluster checking completed.")
    }
}
