//! Saying of nodes that nobody works on what was found about their instances.

use crate::error::StoreError;
use crate::item::{n, s};
use crate::keys;
use crate::store::Store;
use crate::transaction::{Transacted, Write};
use crate::view::{ClusterView, MEMBER_ENDS};
use coppice_domain::drift::Told;
use coppice_domain::event::Event;
use coppice_domain::node::Node;

/// What is said of one node.
#[derive(Clone, Debug)]
pub struct NodeTold {
    /// The node as read.
    pub node: Node,
    /// Its status from now on.
    pub told: Told,
    /// What happened.
    pub event: Event,
}

/// Most nodes of which one call says something: three items each, of the hundred a transaction holds.
pub const TOLD_AT_ONCE: usize = 30;

impl Store {
    /// Says this of these nodes, all members of the cluster given, or of none: all of it or nothing, and `false` when a
    /// node or the cluster is not as it was read, or when an action holds one of them. What was said already is not as
    /// it was read, so nothing is said twice. The cluster is given as read, but for the status it has from now on:
    /// that is judged by its members, so it counts as one of their ends, and stands only where none came between.
    ///
    /// # Errors
    /// When the store fails; it may then have been said.
    pub async fn nodes_told(
        &self,
        told: &[NodeTold],
        cluster: Option<&ClusterView>,
    ) -> Result<bool, StoreError> {
        let mut writes = Vec::with_capacity(told.len() * 3 + 1);
        if let Some(view) = cluster {
            let (after, ends) = (&view.cluster, view.member_ends);
            writes.push(
                Write::update(keys::cluster(after.id))
                    .set("status", s(after.status.name()))
                    .set("status_reason", s(&after.status_reason))
                    .add(MEMBER_ENDS, 1)
                    .if_is(MEMBER_ENDS, (ends != 0).then(|| n(ends)))
                    .if_exists()
                    .if_lacks("active_action")
                    .if_equals("desired_capacity", n(after.sizes.desired_capacity)),
            );
        }
        for NodeTold { node, told, event } in told {
            writes.push(
                Write::update(keys::node(node.id))
                    .set("status", s(told.status.name()))
                    .set("status_reason", s(&told.reason))
                    .if_lacks("active_action")
                    .if_is("physical_id", node.physical_id.as_ref().map(s))
                    .if_equals("status", s(node.status.name()))
                    .if_equals("status_reason", s(&node.status_reason)),
            );
            if let Some(cluster) = node.cluster_id {
                let member = Write::update(keys::member(cluster, node.id)).set("st", s(told.status.name()));
                writes.push(member.if_exists().if_lacks("by"));
            }
            writes.extend(self.event_put(Some(event))?);
        }
        Ok(matches!(self.transact(writes, None).await?, Transacted::Done))
    }
}
