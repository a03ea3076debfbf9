//! Settling nodes: three writes in a fixed order (node, derived action, member). The member names the task
//! until the last of them, so a worker that dies in between leaves it findable, and each may be repeated. A
//! node that leaves, or does not join after all, is free once it is settled: then the three are one.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::item::{Item, at, s, text};
use crate::keys;
use crate::settlement::{Settlement, earlier};
use crate::share::let_go;
use crate::store::{Store, Written};
use crate::task::{Finish, finish, open_statuses};
use crate::transaction::{Transacted, Write};
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::time::Timestamp;

/// What became of a write to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The node is as the write wants it.
    Done,
    /// The same action has settled it before, perhaps otherwise: a worker whose claim has lapsed goes on
    /// beside its successor, and the two may have been told different things. How it ended the action then.
    Earlier(ActionStatus, String),
    /// The same action still holds the node, and another worker on it has gone further since the node was read:
    /// it has condemned the instance that is to be left alone, or begun what is to be given up unbegun.
    Overtaken,
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
        Ok(matches!(self.write(ended(id, end)).await?, Written::Done(_)))
    }

    /// Ends an action on a node that another has taken the node from, and lets its shared hold on the node's
    /// cluster go, as one: an ended action would never let it go. Harmless when it has ended already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish_superseded(
        &self,
        id: ActionId,
        cluster: Option<ClusterId>,
        end: &Finish,
    ) -> Result<(), StoreError> {
        let freed = cluster.map(|cluster| let_go(cluster, id).if_exists());
        self.transact(std::iter::once(ended(id, end)).chain(freed).collect(), None).await.map(|_| ())
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
        Ok(matches!(self.write(ended_child(id, started, end)).await?, Written::Done(_)))
    }

    /// Makes a write to a node that is conditioned on `holder` holding it.
    async fn held_node(&self, write: Write, holder: ActionId) -> Result<Settled, StoreError> {
        Ok(match self.write(write).await? {
            Written::Done(_) => Settled::Done,
            Written::Refused(node) => refused(&node, holder),
        })
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
        status: (NodeStatus, &str),
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let write = Write::update(keys::node(id))
            .set("status", s(status.0.name()))
            .set("status_reason", s(status.1))
            .set("physical_id", s(physical_id))
            .set("launched_by", s(child.to_string()))
            .set("launched_at", at(now))
            .if_equals("active_action", s(child.to_string()));
        self.held_node(write, child).await
    }

    /// Notes that what `holder` does to a node begins: before anything is asked of the backend, so that a node
    /// of which nothing was asked yet is known by its status.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_works(
        &self,
        id: NodeId,
        holder: ActionId,
        (status, reason): (NodeStatus, &str),
    ) -> Result<Settled, StoreError> {
        let write = Write::update(keys::node(id))
            .set("status", s(status.name()))
            .set("status_reason", s(reason))
            .if_equals("active_action", s(holder.to_string()));
        self.held_node(write, holder).await
    }

    /// Notes that `holder` found a node's instance not to run, before it does anything to it: from then on no
    /// worker on that action settles the node as one whose instance was found well.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_condemn(&self, id: NodeId, holder: ActionId) -> Result<Settled, StoreError> {
        let holds = s(holder.to_string());
        let write = Write::update(keys::node(id))
            .set("condemned_by", holds.clone())
            .if_equals("active_action", holds);
        self.held_node(write, holder).await
    }

    /// Settles a node and lets it go. `node` is its record, where the settlement moves it or changes its
    /// profile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_settle(
        &self,
        id: NodeId,
        node: Option<&Node>,
        holder: ActionId,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let write = settlement.node_write(id, holder, now)?;
        let references = match node {
            Some(node) => settlement.reference_writes(node)?,
            None => Vec::new(),
        };
        let refusal = if references.is_empty() {
            match self.write(write).await? {
                Written::Done(_) => return Ok(Settled::Done),
                Written::Refused(node) => node,
            }
        } else {
            let writes = std::iter::once(write).chain(references).collect();
            match self.transact(writes, None).await? {
                Transacted::Done => return Ok(Settled::Done),
                Transacted::Refused(refusals) => refusals.into_iter().flatten().next().unwrap_or_default(),
            }
        };
        Ok(refused(&refusal, holder))
    }

    /// Settles a node that is no member from now on, ends the action derived for it and forgets the member,
    /// as one: in between, the node would be free for others while its cluster still counts it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_parts(
        &self,
        member: (ClusterId, ActionId),
        node: &Node,
        (child, end): (ActionId, &Finish),
        settlement: &Settlement,
        started: Timestamp,
    ) -> Result<Settled, StoreError> {
        let (cluster, holder) = member;
        let mut writes = vec![settlement.node_write(node.id, child, end.at)?];
        writes.extend(settlement.reference_writes(node)?);
        writes.push(ended_child(child, started, end));
        writes.push(forgotten(cluster, node.id, Some(holder)));
        let mut refusals = match self.transact(writes, None).await? {
            Transacted::Done => return Ok(Settled::Done),
            Transacted::Refused(refusals) => refusals.into_iter(),
        };
        Ok(match refusals.next().flatten() {
            Some(node) => refused(&node, child),
            // The derived action or the member is another's by now: so is the cluster.
            None => Settled::Superseded,
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

    /// Removes the record of a node whose instance is gone, and its own reference to its profile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn node_remove(&self, node: &Node, child: ActionId) -> Result<Settled, StoreError> {
        let mut writes = removal(node, child);
        let refusal = if writes.len() > 1 {
            match self.transact(writes, None).await? {
                Transacted::Done => return Ok(Settled::Done),
                Transacted::Refused(refusals) => refusals.into_iter().flatten().next().unwrap_or_default(),
            }
        } else {
            match self.write(writes.remove(0)).await? {
                Written::Done(_) => return Ok(Settled::Done),
                Written::Refused(node) => node,
            }
        };
        Ok(if refusal.is_empty() { Settled::Done } else { Settled::Superseded })
    }

    /// Brings a member's record up to date with its node, which is settled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_settle(
        &self,
        cluster: ClusterId,
        node: NodeId,
        settlement: &Settlement,
        holder: ActionId,
    ) -> Result<(), StoreError> {
        self.write(settlement.member_write(cluster, node, Some(holder))).await.map(|_| ())
    }

    /// Lets a member go that is pending for `holder`, as it is; harmless when it is not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member_let_go(
        &self,
        cluster: ClusterId,
        node: NodeId,
        holder: ActionId,
    ) -> Result<(), StoreError> {
        let write = Write::update(keys::member(cluster, node)).remove("by").remove("ph");
        self.write(write.if_equals("by", s(holder.to_string()))).await.map(|_| ())
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
        self.write(forgotten(cluster, node, holder)).await.map(|_| ())
    }
}

/// The write that ends an action, unless it has ended already.
fn ended(id: ActionId, end: &Finish) -> Write {
    finish(id, end).if_exists().if_one_of("status", open_statuses())
}

fn ended_child(id: ActionId, started: Timestamp, end: &Finish) -> Write {
    ended(id, end).set_if_absent("start_time", at(started))
}

fn forgotten(cluster: ClusterId, node: NodeId, holder: Option<ActionId>) -> Write {
    Write::delete(keys::member(cluster, node)).if_is("by", holder.map(|holder| s(holder.to_string())))
}

/// The writes that remove a node, on condition that `holder` holds it.
pub(crate) fn removal(node: &Node, holder: ActionId) -> Vec<Write> {
    let mut writes =
        vec![Write::delete(keys::node(node.id)).if_equals("active_action", s(holder.to_string()))];
    if node.own_reference {
        let own = keys::reference(Kind::Profile, node.profile_id.uuid(), Kind::Node, node.id.uuid());
        writes.push(Write::delete(own));
    }
    writes
}

/// What a refused write of `child` says of the node, by its record as it was found.
fn refused(node: &Item, child: ActionId) -> Settled {
    let is = |name| text(node, name).and_then(|id| id.parse::<ActionId>().ok()) == Some(child);
    if node.is_empty() {
        Settled::Gone
    } else if is("active_action") {
        Settled::Overtaken
    } else if is("settled_by") {
        // Another action may hold the node by now: what follows the settlement is still to be written.
        let (ended, reason) = earlier(node);
        Settled::Earlier(ended, reason)
    } else {
        Settled::Superseded
    }
}
