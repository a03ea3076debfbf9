//! `CLUSTER_REPLACE_NODES` (spec engine-cluster §6): other nodes in place of members. The new ones join
//! before the old ones leave, so that the cluster never has fewer; who leaves belongs to no cluster then.

use super::cluster_add_nodes::problem;
use super::{Beginning, ClusterAction, Ending, Refused, Situation, Wants};
use crate::jobs::Job;
use crate::work::Plan;
use coppice_domain::action::Action;
use coppice_domain::ids::NodeId;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::HashSet;

pub(super) struct ClusterReplaceNodes;

/// Who leaves and who joins for them.
fn pairs(action: &Action) -> Vec<(NodeId, NodeId)> {
    let candidates = action.inputs.get("candidates").and_then(Value::as_object);
    let pair = |(old, new): (&String, &Value)| Some((old.parse().ok()?, new.as_str()?.parse().ok()?));
    candidates.into_iter().flatten().filter_map(pair).collect()
}

impl ClusterAction for ClusterReplaceNodes {
    fn wants(&self, action: &Action) -> Wants {
        Wants { nodes: pairs(action).into_iter().map(|(_, new)| new).collect(), ..Wants::default() }
    }

    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let pairs = pairs(now.action);
        let members: HashSet<NodeId> = now.members.iter().map(|member| member.node).collect();
        let mut problems = Vec::new();
        if pairs.is_empty() {
            problems.push("Candidates must be a non-empty dict.".to_owned());
        }
        let mut seen = HashSet::new();
        for (old, new) in &pairs {
            if !seen.insert(*new) {
                problems.push(format!("Node {new} cannot replace more than one member."));
            }
            if !members.contains(old) {
                problems.push(format!("Node {old} is not a member of the cluster {}.", now.cluster.id));
            }
            problems.extend(problem(*new, &now.reads.nodes));
        }
        if !problems.is_empty() {
            return Err(Refused { cluster: Box::new(now.cluster.clone()), reason: problems.join("\n") });
        }
        let job = Job::Join { cluster: now.cluster.id, index: now.cluster.next_index };
        let new = pairs.into_iter().map(|(_, new)| new).collect();
        Ok(Beginning { create: 0, assignment: Some((job, new)), cluster: now.cluster.clone() })
    }

    fn next(&self, now: &Situation<'_>, _: &Plan, _: &mut ChaCha8Rng) -> Option<Beginning> {
        let members: HashSet<NodeId> = now.members.iter().map(|member| member.node).collect();
        // Only those leave whose replacement has come.
        let old: Vec<NodeId> = pairs(now.action)
            .into_iter()
            .filter(|(old, new)| members.contains(old) && members.contains(new))
            .map(|(old, _)| old)
            .collect();
        let leaving = now.phase == 0 && !old.is_empty();
        leaving.then(|| Beginning {
            create: 0,
            assignment: Some((Job::Leave, old)),
            cluster: now.cluster.clone(),
        })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        let members: HashSet<NodeId> = now.members.iter().map(|member| member.node).collect();
        let replaced = |(old, new): &(NodeId, NodeId)| members.contains(new) && !members.contains(old);
        let ending = now.concluded(plan, "Completed replacing nodes.");
        if pairs(now.action).iter().all(replaced) {
            return ending;
        }
        Ending {
            status: coppice_domain::action::ActionStatus::Failed,
            reason: format!("{} failed", now.action.label()),
            ..ending
        }
    }
}
