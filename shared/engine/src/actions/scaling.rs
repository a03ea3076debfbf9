//! What scaling out and scaling in have in common (spec engine-cluster §6): as many nodes as the policies say, or
//! else as the request does.

use super::cluster_resize::resized;
use super::{Beginning, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::cluster::Sizes;
use coppice_domain::resize::{ResizePlan, ScaleDirection, plan_scale_by};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// Which way a cluster is scaled.
pub(super) struct Scaling {
    pub(super) direction: ScaleDirection,
    /// What the count of the request, if it has one, does to a cluster of these sizes that has so many nodes and may
    /// have so many.
    pub(super) asked: fn(&Sizes, i64, Option<&Value>, i64) -> Result<ResizePlan, String>,
    /// What the cluster's status says meanwhile.
    pub(super) started: &'static str,
}

impl Scaling {
    /// Begins, with the count that the policies decided, if they did.
    pub(super) fn begin(
        &self,
        now: &Situation<'_>,
        decided: Option<i64>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Beginning, Refused> {
        let (sizes, current, limit) = (&now.cluster.sizes, now.count(), now.settings.max_nodes_per_cluster);
        let plan = match decided {
            Some(count) => plan_scale_by(self.direction, sizes, current, count, limit),
            None => (self.asked)(sizes, current, now.action.inputs.get("count"), limit),
        };
        resized(now, plan, self.started, rng)
    }
}

pub(super) fn end(now: &Situation<'_>, plan: &Plan) -> Ending {
    now.concluded(plan, "Cluster scaling succeeded.")
}
