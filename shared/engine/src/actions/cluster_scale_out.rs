//! `CLUSTER_SCALE_OUT` (spec engine-cluster §6): some nodes more.

use super::scaling::{self, Scaling};
use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::resize::{ScaleDirection, plan_scale_out};
use rand_chacha::ChaCha8Rng;

const OUT: Scaling =
    Scaling { direction: ScaleDirection::Out, asked: plan_scale_out, started: "Cluster scale out started." };

pub(super) struct ClusterScaleOut;

impl ClusterAction for ClusterScaleOut {
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        OUT.begin(now, now.decided.creation.as_ref().map(|creation| creation.count), rng)
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        scaling::end(now, plan)
    }
}
