//! Looking at members, a slice at a time: one page of the cluster's members, one batch of nodes, one call of the
//! backend. Nodes are read as they were a moment ago, which costs half; those found sick by that are read again.

use super::Run;
use super::poll::Seen;
use coppice_compute::health::{Glance, glance, look_closer, untold, without_instance};
use coppice_compute::{ComputeError, Filter, Instance, list_all};
use coppice_domain::health::{Exam, Finding, MOST_WAITING, Mode, Round};
use coppice_domain::ids::NodeId;
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::StoreError;
use futures::{StreamExt, stream};
use std::collections::HashMap;
use std::time::Duration;

/// What a call of the backend shows, by the instances' ids.
pub(super) type Instances = Result<HashMap<String, Instance>, ComputeError>;

impl Run<'_> {
    /// Looks at as many members as this run may.
    pub(super) async fn look(&self, round: &mut Round) -> Result<(), StoreError> {
        for _ in 0..self.env.settings.checks.slices {
            let now = self.env.now();
            let polls = !round.waiting.is_empty() && round.again.is_none_or(|again| again <= now);
            if round.is_over() || now >= self.until {
                return Ok(());
            }
            if polls {
                round.again = None;
                let waiting: HashMap<NodeId, Exam> = std::mem::take(&mut round.waiting).into_iter().collect();
                let mut ids: Vec<NodeId> = waiting.keys().copied().collect();
                ids.sort();
                let nodes = self.env.store.nodes_lately(&ids).await?;
                let exam = |node: Node| (waiting.get(&node.id).copied().unwrap_or_default(), node);
                let nodes = nodes.into_iter().filter(|node| self.may_judge(node)).map(exam).collect();
                self.examine(round, nodes).await?;
            } else if !round.complete && round.waiting.len() < MOST_WAITING {
                self.look_at_next(round).await?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Looks at the next slice.
    async fn look_at_next(&self, round: &mut Round) -> Result<(), StoreError> {
        let slice = self.env.settings.checks.slice;
        let (members, more) = self.env.store.members_after(self.cluster.id, round.after, slice).await?;
        round.members += u64::try_from(members.len()).unwrap_or(0);
        round.after = members.last().map(|member| member.node).or(round.after);
        round.complete = !more;
        let ids: Vec<NodeId> = members.iter().map(|member| member.node).collect();
        let nodes = self.env.store.nodes_lately(&ids).await?;
        let ailing = nodes.iter().filter(|node| node.status == NodeStatus::Recovering).count();
        round.ailing += u64::try_from(ailing).unwrap_or(0);
        let judged = nodes.into_iter().filter(|node| self.may_judge(node));
        self.examine(round, judged.map(|node| (Exam::default(), node)).collect()).await
    }

    /// Whether a node is a member that no action holds.
    pub(super) fn may_judge(&self, node: &Node) -> bool {
        node.cluster_id == Some(self.cluster.id) && node.active_action.is_none()
    }

    /// Goes on with looking at these nodes, and notes what was seen.
    async fn examine(&self, round: &mut Round, mut nodes: Vec<(Exam, Node)>) -> Result<(), StoreError> {
        // A batch is read in no order: what follows is to be the same each time.
        nodes.sort_by_key(|(_, node)| node.id);
        let asks =
            self.detection.modes.iter().any(|mode| matches!(mode, Mode::NodeStatus | Mode::Hypervisor));
        let ids = nodes.iter().filter(|_| asks).filter_map(|(_, node)| node.physical_id.clone()).collect();
        let instances = self.instances(ids).await;
        let looks: Vec<_> =
            nodes.iter().map(|(exam, node)| self.examine_one(node, *exam, &instances)).collect();
        let seen: Vec<Seen> = stream::iter(looks).buffered(self.env.settings.concurrency).collect().await;
        let mut sick: Vec<(&Node, String)> = Vec::new();
        for ((_, node), seen) in nodes.iter().zip(seen) {
            match seen {
                Seen::Well => {}
                Seen::Spared => round.spared += 1,
                Seen::Sick(reason) => sick.push((node, reason)),
                Seen::Waits(exam, after) => {
                    round.waiting.push((node.id, exam));
                    let again = self.env.now().plus(after);
                    round.again = Some(round.again.map_or(again, |other| other.max(again)));
                }
            }
        }
        let ids: Vec<NodeId> = sick.iter().map(|(node, _)| node.id).collect();
        let now: Vec<Node> = self.env.store.get_many(&ids).await?;
        let now: HashMap<NodeId, Node> = now.into_iter().map(|node| (node.id, node)).collect();
        for (then, reason) in sick {
            let same = |node: &&Node| {
                self.may_judge(node)
                    && node.physical_id == then.physical_id
                    && node.updated_at == then.updated_at
            };
            if now.get(&then.id).filter(same).is_some() {
                tracing::info!(cluster.id = %self.cluster.id, node.id = %then.id, reason, "a member is sick");
                round.found_sick(then.id, &reason);
            }
        }
        Ok(())
    }

    /// The instances of these ids, in one call.
    pub(super) async fn instances(&self, ids: Vec<String>) -> Instances {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = list_all(self.env.compute.as_ref(), Filter::Ids(&ids)).await?;
        Ok(found.into_iter().map(|instance| (instance.id.clone(), instance)).collect())
    }

    /// How a node is by the state of its instance.
    pub(super) async fn by_instance(&self, node: &Node, instances: &Instances) -> Finding {
        let instances = match instances {
            Ok(instances) => instances,
            Err(error) => return untold(error),
        };
        let Some(id) = &node.physical_id else { return without_instance(node.status) };
        match glance(instances.get(id), self.is_fresh(node)) {
            Glance::Settled(finding) => finding,
            Glance::LookCloser => match self.env.compute.details(id).await {
                Ok(details) => look_closer(details.as_ref()),
                Err(error) => untold(&error),
            },
        }
    }

    /// Whether a node's instance may be so young that the backend does not show it yet.
    pub(super) fn is_fresh(&self, node: &Node) -> bool {
        let staleness = self.env.compute.staleness();
        let settled = node.updated_at.unwrap_or(node.init_at);
        staleness > Duration::ZERO && self.env.now().since(settled) <= staleness
    }
}
