//! `CLUSTER_SCALE_IN` (spec engine-cluster §6): some nodes fewer.

use super::scaling::{self, Scaling};
use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::resize::{ScaleDirection, plan_scale_in};
use rand_chacha::ChaCha8Rng;

const IN: Scaling =
    Scaling { direction: ScaleDirection::In, asked: plan_scale_in, started: "Cluster scale in started." };

pub(super) struct ClusterScaleIn;

impl ClusterAction for ClusterScaleIn {
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        // Where policies have named the nodes, as many go as they have named.
        let decided = now.decided.deletion.as_ref().map(|deletion| {
            let chosen = deletion.candidates.as_ref().map(Vec::len);
            chosen.and_then(|chosen| i64::try_from(chosen).ok()).unwrap_or(deletion.count)
        });
        IN.begin(now, decided, rng)
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        scaling::end(now, plan)
    }
}
