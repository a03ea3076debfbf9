//! `CLUSTER_RESIZE` (spec engine-cluster §6, §7): bring the cluster to the size asked for.

use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::resize::{Change, ResizePlan, ResizeRequest, plan_resize};
use coppice_domain::victims::choose_victims;
use rand_chacha::ChaCha8Rng;

pub(super) struct ClusterResize;

impl ClusterAction for ClusterResize {
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let limit = now.settings.max_nodes_per_cluster;
        let plan = ResizeRequest::from_inputs(&now.action.inputs)
            .and_then(|request| plan_resize(&now.cluster.sizes, now.count(), &request, limit));
        resized(now, plan, "Cluster resize started.", rng)
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, "Cluster resize succeeded.")
    }
}

/// The beginning of any action that changes how many nodes there are: the new sizes are written before
/// the work is done (spec engine-cluster §6b).
pub(super) fn resized(
    now: &Situation<'_>,
    plan: Result<ResizePlan, String>,
    started: &str,
    rng: &mut ChaCha8Rng,
) -> Result<Beginning, Refused> {
    let plan = plan.map_err(|reason| Refused { cluster: Box::new(now.cluster.clone()), reason })?;
    let (create, assignment) = match plan.change {
        Change::Create(count) => (u64::try_from(count).unwrap_or(0), None),
        Change::Delete(count) => {
            let decided = now.decided.deletion.as_ref();
            let victims = match decided.and_then(|deletion| deletion.candidates.clone()) {
                Some(candidates) => candidates,
                None => choose_victims(now.members, usize::try_from(count).unwrap_or(0), rng),
            };
            (0, Some((now.removal(true), victims)))
        }
    };
    Ok(Beginning {
        create,
        assignment,
        cluster: Cluster {
            sizes: plan.sizes,
            status: ClusterStatus::Resizing,
            status_reason: started.to_owned(),
            ..now.cluster.clone()
        },
    })
}
