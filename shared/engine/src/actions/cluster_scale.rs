//! `CLUSTER_SCALE_OUT` and `CLUSTER_SCALE_IN` (spec engine-cluster §6): some nodes more, or fewer.

use super::cluster_resize::resized;
use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::resize::{ScaleDirection, plan_scale_in, plan_scale_out};
use rand_chacha::ChaCha8Rng;

pub(super) struct ClusterScale {
    direction: ScaleDirection,
}

pub(super) const SCALE_OUT: ClusterScale = ClusterScale { direction: ScaleDirection::Out };
pub(super) const SCALE_IN: ClusterScale = ClusterScale { direction: ScaleDirection::In };

impl ClusterAction for ClusterScale {
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let (sizes, count) = (&now.cluster.sizes, now.action.inputs.get("count"));
        let limit = now.settings.max_nodes_per_cluster;
        let (plan, started) = match self.direction {
            ScaleDirection::Out => {
                (plan_scale_out(sizes, now.count(), count, limit), "Cluster scale out started.")
            }
            ScaleDirection::In => {
                (plan_scale_in(sizes, now.count(), count, limit), "Cluster scale in started.")
            }
        };
        resized(now, plan, started, rng)
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, "Cluster scaling succeeded.")
    }
}
