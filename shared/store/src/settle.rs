//! Settling nodes: three writes in a fixed order (node, derived action, member). The member names the task
//! until the last of them, so a worker that dies in between leaves it findable, and each may be repeated.

use crate::error::StoreError;
use crate::item::{Item, at, n, s, text};
use crate::keys;
use crate::store::{Store, Written};
use crate::task::{Finish, finish, open_statuses};
use crate::transaction::Write;
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use coppice_domain::node::NodeStatus;
use coppice_domain::time::Timestamp;

/// What became of a write to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The node is as the write wants it.
    Done,
    /// The same action has settled it before, perhaps otherwise: a worker whose claim has lapsed goes on
    /// beside its successor, and the two may have been told different things.
    Earlier,
    /// Another action took the node over.
    Superseded,
    /// The node has no record any more.
    Gone,
}

impl Store {
    /// Ends an action that no longer holds its target, or never did; `false` when it has ended already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish_action(&self, id: ActionId, end: &Finish) -> Result<bool, StoreError> {
        let write = finish(id, end).if_exists().if_one_of("status", open_statuses());
        Ok(matches!(self.write(write).await?, Written::Done(_)))
    }

    /// Ends a derived action; `false` when it has ended already (invariant 5).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish_child(
        &self,
        id: ActionId,
        started: Timestamp,
        end: &Finish,
    ) -> Result<bool, StoreError> {
        let write = finish(id, end)
            .set_if_absent("start_time", at(started))
            .if_exists()
            .if_one_of("status", open_statuses());
        Ok(matches!(self.write(write).await?, Written::Done(_)))
    }

    /// Notes that the backend accepted a node's instance.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_launched(
        &self,
        id: NodeId,
        child: ActionId,
        physical_id: &str,
    ) -> Result<Settled, StoreError> {
        let write = Write::update(keys::node(id))
            .set("status", s(NodeStatus::Creating.name()))
            .set("status_reason", s("Creation in progress"))
            .set("physical_id", s(physical_id))
            .if_equals("active_action", s(child.to_string()));
        Ok(match self.write(write).await? {
            Written::Done(_) => Settled::Done,
            Written::Refused(node) if node.is_empty() => Settled::Gone,
            Written::Refused(node) => settled_by(&node, child),
        })
    }

    /// Settles a node in `status` and lets it go.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_settle(
        &self,
        id: NodeId,
        child: ActionId,
        status: NodeStatus,
        reason: &str,
        physical_id: Option<&str>,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let mut write = Write::update(keys::node(id))
            .set("status", s(status.name()))
            .set("status_reason", s(reason))
            .set("updated_at", at(now))
            .remove("active_action")
            .set("settled_by", s(child.to_string()))
            .if_equals("active_action", s(child.to_string()));
        if let Some(physical_id) = physical_id {
            write = write.set("physical_id", s(physical_id));
        }
        if status == NodeStatus::Active {
            write = write.set_if_absent("created_at", at(now));
        }
        Ok(match self.write(write).await? {
            Written::Done(_) => Settled::Done,
            Written::Refused(node) if node.is_empty() => Settled::Gone,
            Written::Refused(node) => settled_by(&node, child),
        })
    }

    /// Lets a node go, in `status` if one is given with its reason. Harmless when another action, or none,
    /// holds it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_release(
        &self,
        id: NodeId,
        holder: ActionId,
        status: Option<(NodeStatus, &str)>,
    ) -> Result<(), StoreError> {
        let holder = s(holder.to_string());
        let mut write =
            Write::update(keys::node(id)).remove("active_action").if_equals("active_action", holder);
        if let Some((status, reason)) = status {
            write = write.set("status", s(status.name())).set("status_reason", s(reason));
        }
        self.write(write).await.map(|_| ())
    }

    /// Removes the record of a node whose instance is gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_remove(&self, id: NodeId, child: ActionId) -> Result<Settled, StoreError> {
        let write = Write::delete(keys::node(id)).if_equals("active_action", s(child.to_string()));
        Ok(match self.write(write).await? {
            Written::Refused(node) if !node.is_empty() => Settled::Superseded,
            Written::Done(_) | Written::Refused(_) => Settled::Done,
        })
    }

    /// Brings a member's record up to date with its node, which is settled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_settle(
        &self,
        cluster: ClusterId,
        node: NodeId,
        status: NodeStatus,
        holder: ActionId,
    ) -> Result<(), StoreError> {
        let mut write = Write::update(keys::member(cluster, node))
            .set("st", s(status.name()))
            .remove("by")
            .if_equals("by", s(holder.to_string()));
        if status == NodeStatus::Active {
            write = write.set("cr", n(1));
        }
        self.write(write).await.map(|_| ())
    }

    /// Forgets a member, whose node's record is gone, unless it is pending for another action than
    /// `holder` by now: that one has its derived action to end first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_remove(
        &self,
        cluster: ClusterId,
        node: NodeId,
        holder: Option<ActionId>,
    ) -> Result<(), StoreError> {
        let holder = holder.map(|holder| s(holder.to_string()));
        let write = Write::delete(keys::member(cluster, node)).if_is("by", holder);
        self.write(write).await.map(|_| ())
    }
}

fn settled_by(node: &Item, child: ActionId) -> Settled {
    let by = text(node, "settled_by").and_then(|id| id.parse::<ActionId>().ok());
    if by == Some(child) && text(node, "active_action").is_none() {
        Settled::Earlier
    } else {
        Settled::Superseded
    }
}
