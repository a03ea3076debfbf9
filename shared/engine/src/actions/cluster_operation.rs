//! `CLUSTER_OPERATION` (spec engine-cluster §6): run an operation on the nodes that the request chose.

use super::{Beginning, ClusterAction, Ending, Refused, Situation, handed_on, named_nodes};
use crate::history;
use crate::jobs::Job;
use crate::work::Plan;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::node::NodeStatus;
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;

pub(super) struct ClusterOperation;

impl ClusterAction for ClusterOperation {
    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let operation = history::subject(now.action).to_owned();
        let params = handed_on(now, "params")?;
        let chosen: HashSet<_> = named_nodes(now.action, "nodes").into_iter().collect();
        // Those that have gone since the request are not missed; one that is still to be made is its own
        // creation's.
        let made = now.members.iter().filter(|member| member.status != NodeStatus::Init);
        let nodes = made.map(|member| member.node).filter(|node| chosen.contains(node)).collect();
        let status_reason = format!("Operation {operation} in progress");
        let job = Job::Operate { operation, params };
        Ok(Beginning {
            create: 0,
            assignment: Some((job, nodes)),
            cluster: Cluster { status: ClusterStatus::Operating, status_reason, ..now.cluster.clone() },
        })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, &format!("Cluster operation '{}' completed.", history::subject(now.action)))
    }
}
