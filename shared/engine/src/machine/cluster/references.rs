//! Which profiles a cluster refers to: those that keep its members' profiles from being deleted under them.

use super::super::Worker;
use crate::fleet::Run;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::node::Node;
use coppice_store::StoreError;
use std::collections::HashSet;

/// Members that are read at once.
const AT_ONCE: usize = 100;
/// Most references that the end of one action gives back: its transaction holds a hundred writes.
const MOST: usize = 50;

impl Worker {
    /// The cluster as it shall be when its action ends, without references to profiles that no member is made from
    /// any more: whoever has rolled out a new profile may want to delete the old one. That takes reading the
    /// members, so only actions that look at every one of them do it.
    pub(super) async fn referring(&self, run: &Run<'_>, mut cluster: Cluster) -> Result<Cluster, StoreError> {
        let kind = run.task.action.kind;
        let looks = matches!(kind, ActionKind::ClusterUpdate | ActionKind::ClusterCheck);
        if !looks || cluster.profile_refs.len() < 2 {
            return Ok(cluster);
        }
        let Some(view) = self.env.store.cluster_view(cluster.id).await? else { return Ok(cluster) };
        if view.cluster.next_index != run.view.cluster.next_index {
            // A node has been asked for since the action has read its cluster: the next action will do.
            return Ok(cluster);
        }
        let mut used = HashSet::from([cluster.profile_id]);
        let members: Vec<NodeId> = view.members.iter().map(|member| member.node).collect();
        for batch in members.chunks(AT_ONCE) {
            let nodes: Vec<Node> = self.env.store.get_many(batch).await?;
            used.extend(nodes.iter().filter(|node| !node.own_reference).map(|node| node.profile_id));
        }
        let unused = cluster.profile_refs.iter().filter(|profile| !used.contains(profile));
        let unused: HashSet<ProfileId> = unused.take(MOST).copied().collect();
        cluster.profile_refs.retain(|profile| !unused.contains(profile));
        Ok(cluster)
    }
}
