//! Accepting requests on nodes: a new node with the action that makes it, or an action on one that is there
//! (invariants 1 and 2).

use crate::accept::{Acceptance, AcceptedAction};
use crate::cluster::member_item;
use crate::entity::{Kind, indexed};
use crate::error::StoreError;
use crate::item::{Item, n, s, text};
use crate::keys;
use crate::share::share;
use crate::store::Store;
use crate::template::{check_usable, referenced_by};
use crate::transaction::{Transacted, Write};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::Member;
use coppice_domain::ids::ActionId;
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;

/// What became of a request for a new node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeAcceptance {
    /// It is recorded and will be made.
    Accepted,
    /// The index has been given to another node meanwhile, or the cluster has given back the reference to the
    /// profile that was to cover the node: read the cluster and ask again.
    ClusterChanged,
    /// The cluster does not exist, or is being deleted.
    ClusterGone,
    /// The profile does not exist, or is being deleted.
    ProfileGone,
}

impl Store {
    /// Records a new node, held by the action that creates it, and takes its index from its cluster.
    /// Repeating it within ten minutes changes nothing.
    ///
    /// # Errors
    /// When the store fails; the request may then have been accepted.
    pub async fn accept_node(
        &self,
        node: &Node,
        accepted: AcceptedAction<'_>,
        now: Timestamp,
    ) -> Result<NodeAcceptance, StoreError> {
        if node.cluster_id.is_none() {
            self.register_project(&node.project).await?;
        }
        match self.try_accept_node(node, accepted).await? {
            NodeAcceptance::ProfileGone if self.release_template::<Profile>(node.profile_id, now).await? => {
                self.try_accept_node(node, accepted).await
            }
            acceptance => Ok(acceptance),
        }
    }

    async fn try_accept_node(
        &self,
        node: &Node,
        accepted: AcceptedAction<'_>,
    ) -> Result<NodeAcceptance, StoreError> {
        let mut writes = Vec::new();
        if let Some(cluster) = node.cluster_id {
            let head = Write::update(keys::cluster(cluster))
                .set("next_index", n(node.index + 1))
                .if_exists()
                .if_equals("next_index", n(node.index))
                .if_differs("active_kind", s(ActionKind::ClusterDelete.name()));
            writes.push(match node.own_reference {
                true => head,
                false => head.if_contains("profile_refs", s(node.profile_id.to_string())),
            });
            writes.push(Write::put(member_item(cluster, &joined(node)))?);
        }
        let checked = writes.len();
        if node.own_reference {
            writes.push(check_usable::<Profile>(node.profile_id));
            writes.push(referenced_by::<Profile>(node.profile_id.uuid(), Kind::Node, node.id.uuid())?);
        }
        for item in indexed(node, true)? {
            writes.push(Write::put(item)?);
        }
        writes.extend(self.action_put(accepted)?);
        // With another index, or another reference, it is another request: a token stands for one.
        let how = if node.own_reference { "accepted" } else { "covered" };
        let token = ActionId::derived(accepted.action.id, how, node.index.cast_unsigned()).uuid();
        let refusals = match self.transact(writes, Some(token)).await? {
            Transacted::Done => return Ok(NodeAcceptance::Accepted),
            Transacted::Refused(refusals) => refusals,
        };
        let refused = |place: usize| refusals.get(place).and_then(Option::as_ref);
        if node.own_reference && refused(checked).is_some() {
            return Ok(NodeAcceptance::ProfileGone);
        }
        Ok(match refused(0) {
            Some(head) if head.is_empty() => NodeAcceptance::ClusterGone,
            Some(head) if text(head, "active_kind") == Some(ActionKind::ClusterDelete.name()) => {
                NodeAcceptance::ClusterGone
            }
            _ => NodeAcceptance::ClusterChanged,
        })
    }

    /// Records an action on a node that no other action holds.
    ///
    /// With `supersede`, takes the node over from the action given there (deletion only). `cluster` is the
    /// one it is a member of: it is held together with other such actions, if no cluster action holds it;
    /// else the action waits for that. Repeating it changes nothing, even when the action has ended meanwhile.
    ///
    /// # Errors
    /// When the store fails; the request may then have been accepted.
    pub async fn accept_on_node(
        &self,
        node: &Node,
        accepted: AcceptedAction<'_>,
        supersede: Option<ActionId>,
    ) -> Result<Acceptance, StoreError> {
        let action = accepted.action;
        for together in [true, false] {
            let cluster = node.cluster_id.filter(|_| together);
            let hold = Write::update(keys::node(node.id))
                .set("active_action", s(action.id.to_string()))
                .if_exists()
                .if_is("active_action", supersede.map(|former| s(former.to_string())));
            let mut writes = vec![hold];
            writes.extend(self.action_put_once(accepted)?);
            writes.extend(cluster.map(|cluster| share(cluster, action.id)));
            let refusals = match self.transact(writes, None).await? {
                Transacted::Done => return Ok(Acceptance::Accepted),
                Transacted::Refused(refusals) => refusals,
            };
            // The action is recorded already, and is or was carried out: whoever holds the node now.
            if refusals.get(1).is_some_and(Option::is_some) {
                return Ok(Acceptance::Accepted);
            }
            let Some(Some(item)) = refusals.into_iter().next() else { continue };
            return Ok(match holder(&item) {
                // An earlier try of this very request took effect and its answer was lost.
                Some(by) if by == action.id => Acceptance::Accepted,
                Some(by) => Acceptance::Held(by),
                None if item.is_empty() => Acceptance::Gone,
                // The former holder ended between the caller's read and this write.
                None => Acceptance::Held(action.id),
            });
        }
        Err(StoreError::Conflict(format!("the cluster of node {} keeps changing", node.id)))
    }

    /// Records an action that takes its turn on a node, whoever holds the node now.
    ///
    /// # Errors
    /// When the store fails; the request may then have been accepted.
    pub async fn accept_beside(
        &self,
        node: &Node,
        accepted: AcceptedAction<'_>,
    ) -> Result<Acceptance, StoreError> {
        let mut writes = vec![Write::check(keys::node(node.id)).if_exists()];
        writes.extend(self.action_put(accepted)?);
        Ok(match self.transact(writes, Some(accepted.action.id.uuid())).await? {
            Transacted::Done => Acceptance::Accepted,
            Transacted::Refused(_) => Acceptance::Gone,
        })
    }
}

fn holder(node: &Item) -> Option<ActionId> {
    text(node, "active_action").and_then(|id| id.parse().ok())
}

/// The member record of a node that joins its cluster with its own action.
fn joined(node: &Node) -> Member {
    Member {
        node: node.id,
        status: node.status,
        index: node.index,
        tainted: node.tainted,
        created: node.created_at.is_some(),
        pending: None,
        phase: 0,
        failed_for: None,
    }
}
