//! `CLUSTER_RECOVER` (spec engine-cluster §6): bring members back that are not active, and then, if asked,
//! the number of members to the target.

use super::{Beginning, ClusterAction, Ending, Refused, Situation, handed_on};
use crate::jobs::{Job, Recovery};
use crate::work::Plan;
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::node::NodeStatus;
use coppice_domain::victims::choose_victims;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

pub(super) struct ClusterRecover;

/// Whether an input is true.
fn flag(action: &Action, key: &str) -> bool {
    action.inputs.get(key).and_then(Value::as_bool).unwrap_or(false)
}

impl ClusterAction for ClusterRecover {
    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let input = |key: &str| now.action.inputs.get(key);
        let check = flag(now.action, "check");
        let recovery = Recovery {
            operation: input("operation").and_then(Value::as_str).map(str::to_owned),
            params: handed_on(now, "operation_params")?,
            check,
        };
        // With a check every member is looked at, and those that turn out to be well are left alone. One that
        // is still to be made is its own creation's.
        let made = now.members.iter().filter(|member| member.status != NodeStatus::Init);
        let sick = made.filter(|member| check || member.status != NodeStatus::Active);
        Ok(Beginning {
            create: 0,
            assignment: Some((Job::Recover(recovery), sick.map(|member| member.node).collect())),
            cluster: Cluster {
                status: ClusterStatus::Recovering,
                status_reason: "Recovery in progress".to_owned(),
                ..now.cluster.clone()
            },
        })
    }

    fn next(&self, now: &Situation<'_>, _: &Plan, rng: &mut ChaCha8Rng) -> Option<Beginning> {
        if now.phase > 0 || !flag(now.action, "check_capacity") {
            return None;
        }
        let cluster = now.cluster.clone();
        let missing = cluster.sizes.desired_capacity - now.count();
        match u64::try_from(missing) {
            Ok(0) => None,
            Ok(create) => Some(Beginning { create, assignment: None, cluster }),
            Err(_) => {
                let surplus = usize::try_from(-missing).unwrap_or(0);
                let victims = choose_victims(now.members, surplus, rng);
                Some(Beginning { create: 0, assignment: Some((Job::Remove, victims)), cluster })
            }
        }
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        let ending = now.concluded(plan, "Cluster recovery succeeded.");
        // Members that could not be recovered count, whatever came of the number of members.
        if now.members.iter().any(|member| now.failed(member)) {
            return Ending {
                status: ActionStatus::Failed,
                reason: format!("{} failed", now.action.label()),
                ..ending
            };
        }
        ending
    }
}
