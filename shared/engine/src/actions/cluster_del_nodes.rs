//! `CLUSTER_DEL_NODES` (spec engine-cluster §6): take members out, and delete them if that was asked for.

use super::{Beginning, ClusterAction, Ending, Refused, Situation, Wants, named_nodes};
use crate::work::Plan;
use coppice_domain::action::Action;
use coppice_domain::ids::NodeId;
use coppice_domain::resize::check_sizes;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::HashSet;

/// The input that names the nodes.
const CANDIDATES: &str = "candidates";

pub(super) struct ClusterDelNodes;

impl ClusterAction for ClusterDelNodes {
    fn wants(&self, action: &Action) -> Wants {
        Wants { nodes: named_nodes(action, CANDIDATES), ..Wants::default() }
    }

    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let refused = |reason| Refused { cluster: Box::new(now.cluster.clone()), reason };
        let candidates = named_nodes(now.action, CANDIDATES);
        let found: HashSet<NodeId> = now.reads.nodes.iter().map(|node| node.id).collect();
        let missing: Vec<String> =
            candidates.iter().filter(|id| !found.contains(id)).map(|id| format!("'{id}'")).collect();
        if !missing.is_empty() {
            return Err(refused(format!("Nodes not found: [{}].", missing.join(", "))));
        }
        let members: HashSet<NodeId> = now.members.iter().map(|member| member.node).collect();
        let nodes: Vec<NodeId> = candidates.into_iter().filter(|id| members.contains(id)).collect();
        let mut cluster = now.cluster.clone();
        if !nodes.is_empty() {
            let desired = now.count() - i64::try_from(nodes.len()).unwrap_or(0);
            let most = now.settings.max_nodes_per_cluster;
            check_sizes(Some(&cluster.sizes), Some(desired), None, None, true, most).map_err(refused)?;
            let manner = now.decided.deletion.as_ref().and_then(|deletion| deletion.manner);
            if manner.is_none_or(|manner| manner.reduce_desired_capacity) {
                cluster.sizes.desired_capacity = desired;
            }
        }
        let destroy = now.action.inputs.get("destroy_after_deletion").and_then(Value::as_bool);
        let job = now.removal(destroy.unwrap_or(false));
        Ok(Beginning { create: 0, assignment: Some((job, nodes)), cluster })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, "Completed deleting nodes.")
    }
}
