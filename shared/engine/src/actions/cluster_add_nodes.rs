//! `CLUSTER_ADD_NODES` (spec engine-cluster §6): make nodes that belong to no cluster members of this one.

use super::{Beginning, ClusterAction, Ending, Refused, Situation, Wants, named_nodes};
use crate::jobs::Job;
use crate::work::Plan;
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::cluster::Member;
use coppice_domain::ids::NodeId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::resize::check_sizes;
use rand_chacha::ChaCha8Rng;

/// The input that names the nodes.
const NODES: &str = "nodes";

pub(super) struct ClusterAddNodes;

impl ClusterAction for ClusterAddNodes {
    fn wants(&self, action: &Action) -> Wants {
        Wants { nodes: named_nodes(action, NODES), ..Wants::default() }
    }

    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let refused = |reason| Refused { cluster: Box::new(now.cluster.clone()), reason };
        let nodes = named_nodes(now.action, NODES);
        let problems: Vec<String> = nodes.iter().filter_map(|id| problem(*id, &now.reads.nodes)).collect();
        if !problems.is_empty() {
            return Err(refused(problems.join("\n")));
        }
        let desired = now.count() + i64::try_from(nodes.len()).unwrap_or(0);
        let most = now.settings.max_nodes_per_cluster;
        check_sizes(Some(&now.cluster.sizes), Some(desired), None, None, true, most).map_err(refused)?;
        let job = Job::Join { cluster: now.cluster.id, index: now.cluster.next_index };
        Ok(Beginning { create: 0, assignment: Some((job, nodes)), cluster: now.cluster.clone() })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        // Only a success changes the target, and only then is the status judged.
        // Nodes that were asked for by themselves meanwhile count when their own actions begin.
        let first = plan.assignment.as_ref().map_or(0, |assignment| match assignment.job {
            Job::Join { index, .. } => index.saturating_add(i64::try_from(assignment.count).unwrap_or(0)),
            _ => 0,
        });
        let counted_in = |member: &&Member| member.created || member.index < first;
        let mut counted = now.cluster.clone();
        counted.sizes.desired_capacity =
            i64::try_from(now.members.iter().filter(counted_in).count()).unwrap_or(i64::MAX);
        let ending = Situation { cluster: &counted, ..*now }.concluded(plan, "Completed adding nodes.");
        if ending.status == ActionStatus::Succeeded {
            ending
        } else {
            Ending { cluster: Some(now.cluster.clone()), ..ending }
        }
    }
}

/// Why a node cannot join, if it cannot.
pub(super) fn problem(id: NodeId, found: &[Node]) -> Option<String> {
    let Some(node) = found.iter().find(|node| node.id == id) else {
        return Some(format!("Node {id} is not found."));
    };
    if let Some(cluster) = node.cluster_id {
        return Some(format!("Node {id} is already owned by cluster {cluster}."));
    }
    (node.status != NodeStatus::Active).then(|| format!("Node {id} is not in ACTIVE status."))
}
