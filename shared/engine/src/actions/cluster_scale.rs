//! `CLUSTER_SCALE_OUT` and `CLUSTER_SCALE_IN` (spec engine-cluster §6): some nodes more, or fewer.

use super::cluster_resize::resized;
use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::resize::{ScaleDirection, plan_scale_by, plan_scale_in, plan_scale_out};
use rand_chacha::ChaCha8Rng;

pub(super) struct ClusterScale {
    direction: ScaleDirection,
}

pub(super) const SCALE_OUT: ClusterScale = ClusterScale { direction: ScaleDirection::Out };
pub(super) const SCALE_IN: ClusterScale = ClusterScale { direction: ScaleDirection::In };

impl ClusterScale {
    /// By how many nodes, if policies have decided that.
    fn decided(&self, now: &Situation<'_>) -> Option<i64> {
        match self.direction {
            ScaleDirection::Out => now.decided.creation.as_ref().map(|creation| creation.count),
            ScaleDirection::In => now.decided.deletion.as_ref().map(|deletion| {
                let chosen = deletion.candidates.as_ref().map(Vec::len);
                chosen.and_then(|chosen| i64::try_from(chosen).ok()).unwrap_or(deletion.count)
            }),
        }
    }
}

impl ClusterAction for ClusterScale {
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let (sizes, asked) = (&now.cluster.sizes, now.action.inputs.get("count"));
        let limit = now.settings.max_nodes_per_cluster;
        let (direction, current) = (self.direction, now.count());
        let plan = match self.decided(now) {
            Some(count) => plan_scale_by(direction, sizes, current, count, limit),
            None if direction == ScaleDirection::Out => plan_scale_out(sizes, current, asked, limit),
            None => plan_scale_in(sizes, current, asked, limit),
        };
        let started = match direction {
            ScaleDirection::Out => "Cluster scale out started.",
            ScaleDirection::In => "Cluster scale in started.",
        };
        resized(now, plan, started, rng)
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, "Cluster scaling succeeded.")
    }
}
