//! Recovering the sick, and the end of the round.

use super::Run;
use crate::accept::{self, Asked, Requester};
use coppice_compute::InstanceState;
use coppice_domain::action::ActionKind;
use coppice_domain::health::{Obstacle, RECREATE, Round, Watch};
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_store::{Recovery, StoreError};
use std::collections::BTreeMap;

impl Run<'_> {
    /// Takes those off the list that are well by now: they were found sick some time ago.
    pub(super) async fn look_again(&self, round: &mut Round) -> Result<(), StoreError> {
        let listed: Vec<NodeId> = round.list.iter().map(|(id, _)| *id).collect();
        let nodes = self.by_id(&listed).await?;
        let Ok(instances) = self.instances(physical(&nodes)).await else { return Ok(()) };
        round.list.retain(|(id, _)| {
            let Some(node) = nodes.get(id).filter(|node| node.cluster_id == Some(self.cluster.id)) else {
                return false;
            };
            let instance = node.physical_id.as_ref().and_then(|id| instances.get(id));
            let runs =
                |state: &InstanceState| matches!(state, InstanceState::Active | InstanceState::Building);
            !instance.is_some_and(|instance| runs(&instance.state))
        });
        Ok(())
    }

    /// Starts the recoveries that were decided and ends the round; how many there are. Those that cannot begin now
    /// are left for the next (RHE-16).
    pub(super) async fn recover(&self, mut watch: Watch, mut round: Round) -> Result<usize, StoreError> {
        let (count, limited) = match round.decided.take() {
            Some(decided) => (decided.count, decided.limited),
            None => (0, None),
        };
        let left = round.list.split_off(count.min(round.list.len()));
        let chosen: Vec<NodeId> = round.list.iter().map(|(id, _)| *id).collect();
        let nodes = self.by_id(&chosen).await?;
        let gone = self.without_instance(&nodes).await;
        let (mut started, mut held) = (0, Vec::new());
        for (node, reason) in &round.list {
            let Some(node) = nodes.get(node) else { continue };
            let id = round.recovery(self.cluster.id, node.id);
            match node.active_action {
                Some(holder) if holder == id => started += 1,
                Some(_) => held.push((node.id, reason.clone())),
                None if !self.may_judge(node) => {}
                None => {
                    let inputs = self.care.inputs(!gone.contains(&node.id));
                    let asked = Asked::new(ActionKind::NodeRecover, inputs).identified(id);
                    let by = &self.watched.binding;
                    let requester = Requester { user: &self.cluster.user, project: &self.cluster.project };
                    match accept::recovery(self.env, node, by, (asked, reason), requester).await? {
                        Recovery::Accepted => {
                            tracing::info!(
                                cluster.id = %self.cluster.id, node.id = %node.id, action.id = %id, reason,
                                "a sick member is recovered"
                            );
                            started += 1;
                        }
                        Recovery::Held => held.push((node.id, reason.clone())),
                        Recovery::Over => return Ok(started),
                    }
                }
            }
        }
        let unstarted = count.saturating_sub(started);
        watch.recoveries.take_back(u64::try_from(unstarted).unwrap_or(0));
        let obstacle = if !held.is_empty() {
            let text = format!(
                "an action holds the cluster or {} of them, which are left for the next round.",
                held.len()
            );
            Some((Obstacle::Held, text))
        } else if let Some(limited) = limited {
            Some((Obstacle::Limited, limited))
        } else {
            (round.spared > 0).then(|| (Obstacle::Grace, round.left_alone()))
        };
        round.list = held.into_iter().chain(left).collect();
        self.end(Watch { round: Some(round), ..watch }, obstacle).await?;
        Ok(started)
    }

    /// Nodes as they are.
    async fn by_id(&self, ids: &[NodeId]) -> Result<BTreeMap<NodeId, Node>, StoreError> {
        let nodes: Vec<Node> = self.env.store.get_many(ids).await?;
        Ok(nodes.into_iter().map(|node| (node.id, node)).collect())
    }

    /// Those that have no instance any more: it cannot be rebooted or rebuilt, only remade.
    async fn without_instance(&self, nodes: &BTreeMap<NodeId, Node>) -> Vec<NodeId> {
        if self.care.operation == RECREATE {
            return Vec::new();
        }
        let Ok(instances) = self.instances(physical(nodes)).await else { return Vec::new() };
        let is_gone = |node: &&Node| match &node.physical_id {
            None => true,
            Some(id) => !instances.contains_key(id) && !self.is_fresh(node),
        };
        nodes.values().filter(is_gone).map(|node| node.id).collect()
    }
}

/// The ids of these nodes' instances.
fn physical(nodes: &BTreeMap<NodeId, Node>) -> Vec<String> {
    nodes.values().filter_map(|node| node.physical_id.clone()).collect()
}
