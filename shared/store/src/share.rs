//! Shared holds: requested actions on members hold their cluster together, while no cluster action may
//! (spec engine-actions §9). The holders are a bounded set in the cluster's own item.

use crate::error::StoreError;
use crate::item::{s, set, text};
use crate::keys;
use crate::store::Store;
use crate::task::Task;
use crate::transaction::{Transacted, Write};
use coppice_domain::ids::{ActionId, ClusterId, NodeId};

/// The set of actions that hold a cluster together.
pub(crate) const SHARED: &str = "shared";

/// Most actions that may hold a cluster together: the set must not grow with the cluster (invariant 6).
pub(crate) const MOST_SHARED: usize = 32;

/// What became of asking for a node, and for its cluster together with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The action holds both.
    Taken,
    /// A cluster action holds the cluster, or as many others as may: ask again later.
    ClusterBusy,
    /// Another action holds the node, or the node is gone.
    NodeBusy,
    /// The claim on the task was lost.
    Lost,
}

impl Store {
    /// Takes the task's node and, where it is a member, a shared hold on its cluster: both or neither, and
    /// only under the claim, for what an ended action takes nobody lets go. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take_turn(
        &self,
        task: &Task,
        node: NodeId,
        cluster: Option<ClusterId>,
    ) -> Result<Turn, StoreError> {
        let id = task.action.id;
        let (mut wanted, mut free) = (cluster, true);
        loop {
            let mut writes = vec![task.held()];
            writes.extend(wanted.map(|cluster| share(cluster, id)));
            writes.extend(free.then(|| hold(node, id)));
            let mut refusals = match self.transact(writes, None).await? {
                Transacted::Done => return Ok(Turn::Taken),
                Transacted::Refused(refusals) => refusals.into_iter(),
            };
            if refusals.next().flatten().is_some() {
                return Ok(Turn::Lost);
            }
            if wanted.is_some()
                && let Some(head) = refusals.next().flatten()
            {
                if !head.is_empty() && !set(&head, SHARED).contains(&id.to_string()) {
                    return Ok(Turn::ClusterBusy);
                }
                // It is held already, or there is no such cluster any more.
                wanted = None;
                continue;
            }
            match refusals.next().flatten() {
                Some(node) if text(&node, "active_action") == Some(id.to_string().as_str()) => free = false,
                _ => return Ok(Turn::NodeBusy),
            }
        }
    }

    /// Lets a shared hold go; harmless when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn cluster_unshare(&self, cluster: ClusterId, action: ActionId) -> Result<(), StoreError> {
        self.write(unshare(cluster, action)).await.map(|_| ())
    }
}

/// The write that takes a node.
pub(crate) fn hold(node: NodeId, action: ActionId) -> Write {
    Write::update(keys::node(node))
        .set("active_action", s(action.to_string()))
        .if_exists()
        .if_lacks("active_action")
}

/// The write that takes a shared hold.
pub(crate) fn share(cluster: ClusterId, action: ActionId) -> Write {
    Write::update(keys::cluster(cluster))
        .include(SHARED, &action.to_string())
        .if_exists()
        .if_lacks("active_action")
        .if_fewer(SHARED, MOST_SHARED)
}

/// The write that lets it go where there is one.
pub(crate) fn unshare(cluster: ClusterId, action: ActionId) -> Write {
    let_go(cluster, action).if_contains(SHARED, s(action.to_string()))
}

/// The same as a part of a write that is made whether or not there is one; it is to see to it that there is a cluster.
pub(crate) fn let_go(cluster: ClusterId, action: ActionId) -> Write {
    Write::update(keys::cluster(cluster)).exclude(SHARED, &action.to_string())
}
