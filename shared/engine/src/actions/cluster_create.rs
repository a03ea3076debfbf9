//! `CLUSTER_CREATE` (spec engine-cluster §6): make the nodes a new cluster should have.

use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use rand_chacha::ChaCha8Rng;

pub(super) struct ClusterCreate;

impl ClusterAction for ClusterCreate {
    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let cluster = now.cluster.clone();
        if cluster.status != ClusterStatus::Init {
            let reason = "Cluster creation failed.".to_owned();
            let status_reason = reason.clone();
            let failed = Cluster { status: ClusterStatus::Error, status_reason, ..cluster };
            return Err(Refused { cluster: Box::new(failed), reason });
        }
        Ok(Beginning {
            create: u64::try_from(cluster.sizes.desired_capacity).unwrap_or(0),
            assignment: None,
            cluster: Cluster {
                status: ClusterStatus::Creating,
                status_reason: "Creation in progress".to_owned(),
                ..cluster
            },
        })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        let mut ending = now.concluded(plan, "Cluster creation succeeded.");
        if ending.status == ActionStatus::Succeeded
            && let Some(cluster) = &mut ending.cluster
        {
            cluster.created_at = Some(now.now);
        }
        ending
    }
}
