//! Watches: how far looking after a cluster is, kept with the binding of its health policy. Those with something
//! to do are in the index of due work; those without cost nothing, and what is detached is gone with its binding.

use crate::accept::AcceptedAction;
use crate::binding::binding_from;
use crate::cluster::member_from;
use crate::entity::{Entity, Kind};
use crate::error::StoreError;
use crate::item::{Item, s, text};
use crate::keys;
use crate::share::{hold, share};
use crate::store::{Query, Range, Source, Store, Written};
use crate::transaction::{Transacted, Write};
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::cluster::{Cluster, Member};
use coppice_domain::event::Event;
use coppice_domain::health::Watch;
use coppice_domain::ids::{ClusterId, NodeId, PolicyId};
use coppice_domain::node::Node;
use coppice_domain::policy::Binding;

/// The attribute that holds a watch.
const WATCH: &str = "watch";

/// A policy that looks after a cluster, as it was read.
#[derive(Clone, Debug)]
pub struct Watched {
    /// What binds it.
    pub binding: Binding,
    /// How far it is.
    pub watch: Watch,
    /// The watch to the letter: what is saved is saved on it.
    written: String,
}

/// What is said about a cluster together with a change of its watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// What the cluster's status reason says from now on, if that changes.
    pub status_reason: Option<String>,
}

/// What became of asking for a node to be recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// The action is recorded, now or before, and is, or was, carried out.
    Accepted,
    /// An action holds the node, or one holds the cluster, or as many as may share it.
    Held,
    /// The policy looks after the cluster no more.
    Over,
}

impl Store {
    /// The watch of a policy over a cluster; none if it has none any more. Strongly consistent.
    ///
    /// # Errors
    /// When the store fails or the item cannot be read.
    pub async fn watched(&self, cluster: ClusterId, policy: PolicyId) -> Result<Option<Watched>, StoreError> {
        let Some(item) = self.item(&keys::binding(cluster, policy)).await? else { return Ok(None) };
        let Some(written) = text(&item, WATCH) else { return Ok(None) };
        let watch = serde_json::from_str(written)
            .map_err(|cause| StoreError::Corrupt(format!("the watch over cluster {cluster}: {cause}")))?;
        Ok(Some(Watched { binding: binding_from(&item)?, watch, written: written.to_owned() }))
    }

    /// Saves a watch where it is still as it was read, and what is said with it; `false` when it has moved on, is
    /// over, or, where the cluster is to say something, an action holds that.
    ///
    /// # Errors
    /// When the store fails; it may then have been saved.
    pub async fn watch_save(
        &self,
        was: &Watched,
        watch: &Watch,
        told: Option<&Told>,
    ) -> Result<Option<Watched>, StoreError> {
        let binding = &was.binding;
        let written = encode(watch)?;
        let mut own = Write::update(keys::binding(binding.cluster_id, binding.policy_id))
            .set(WATCH, s(&written))
            .if_equals(WATCH, s(&was.written));
        // The index is written only when this changes.
        if watch.due != was.watch.due {
            let due = due_of(binding.cluster_id, watch);
            own = own
                .assign("due", due.as_ref().map(|(due, _)| s(due)))
                .assign("due_shard", due.as_ref().map(|(_, shard)| s(shard)));
        }
        let done = match told {
            None => matches!(self.write(own).await?, Written::Done(_)),
            Some(told) => {
                let mut writes = vec![own];
                writes.extend(self.event_put(Some(&told.event))?);
                writes.extend(told.status_reason.as_ref().map(|reason| {
                    Write::update(keys::cluster(binding.cluster_id))
                        .set("status_reason", s(reason))
                        .if_exists()
                        .if_lacks("active_action")
                }));
                matches!(self.transact(writes, None).await?, Transacted::Done)
            }
        };
        Ok(done.then(|| Watched { binding: binding.clone(), watch: watch.clone(), written }))
    }

    /// Records an action that recovers a member, if neither its node nor its cluster is held, and the policy still
    /// looks after the cluster. Repeating it changes nothing, even when the action has ended meanwhile.
    ///
    /// # Errors
    /// When the store fails; the action may then have been recorded.
    pub async fn accept_recovery(
        &self,
        node: &Node,
        by: &Binding,
        accepted: AcceptedAction<'_>,
    ) -> Result<Recovery, StoreError> {
        let action = accepted.action;
        let hold = hold(node.id, action.id).if_equals("cluster_id", s(by.cluster_id.to_string()));
        let looks = Write::check(keys::binding(by.cluster_id, by.policy_id))
            .if_exists()
            .if_equals("enabled", AttributeValue::Bool(true));
        let mut writes = vec![looks, hold, share(by.cluster_id, action.id)];
        writes.extend(self.action_put_once(accepted)?);
        let refusals = match self.transact(writes, None).await? {
            Transacted::Done => return Ok(Recovery::Accepted),
            Transacted::Refused(refusals) => refusals,
        };
        let refused = |place: usize| refusals.get(place).is_some_and(Option::is_some);
        Ok(if refused(3) {
            Recovery::Accepted
        } else if refused(0) {
            Recovery::Over
        } else {
            Recovery::Held
        })
    }

    /// Up to `limit` members of a cluster, in the order of their ids, from the first after `after`; and whether
    /// there may be more.
    ///
    /// # Errors
    /// When the store fails or an item cannot be read.
    pub async fn members_after(
        &self,
        cluster: ClusterId,
        after: Option<NodeId>,
        limit: usize,
    ) -> Result<(Vec<Member>, bool), StoreError> {
        let from = after.map_or_else(|| keys::MEMBER.to_owned(), |after| format!("{}{after}", keys::MEMBER));
        let query = Query {
            page_size: i32::try_from(limit).ok(),
            ..Query::new(Source::Table, keys::partition(Kind::Cluster, cluster), Range::After(from))
        };
        let items = self.page(&query, None).await?.items;
        let is_member = |item: &&Item| text(item, "sk").is_some_and(|sk| sk.starts_with(keys::MEMBER));
        let more = items.len() >= limit && items.iter().all(|item| is_member(&item));
        Ok((items.iter().filter(is_member).map(member_from).collect::<Result<_, _>>()?, more))
    }

    /// Nodes as they were a moment ago, for half of what it costs to know how they are; absent ones are left out.
    ///
    /// # Errors
    /// When the store fails or a node cannot be read.
    pub async fn nodes_lately(&self, ids: &[NodeId]) -> Result<Vec<Node>, StoreError> {
        let wanted: Vec<_> = ids.iter().map(|id| keys::node(*id)).collect();
        let found = self.items(&wanted, false).await?;
        found.into_values().map(|item| Node::decode(&[item])).collect()
    }

    /// A cluster's own item, without what is bulky: strongly consistent.
    ///
    /// # Errors
    /// When the store fails or the item cannot be read.
    pub async fn cluster_head(&self, id: ClusterId) -> Result<Option<Cluster>, StoreError> {
        self.item(&keys::cluster(id)).await?.map(|item| Cluster::decode(&[item])).transpose()
    }
}

/// The attributes of a binding whose policy looks after its cluster like this; nothing for none.
pub(crate) fn watch_attributes(
    cluster: ClusterId,
    watch: Option<&Watch>,
) -> Result<Vec<(&'static str, AttributeValue)>, StoreError> {
    let Some(watch) = watch else { return Ok(Vec::new()) };
    let mut attributes = vec![(WATCH, s(encode(watch)?))];
    if let Some((due, shard)) = due_of(cluster, watch) {
        attributes.extend([("due", s(due)), ("due_shard", s(shard))]);
    }
    Ok(attributes)
}

/// Every attribute that [`watch_attributes`] may give.
pub(crate) const WATCH_ATTRIBUTES: [&str; 3] = [WATCH, "due", "due_shard"];

fn encode(watch: &Watch) -> Result<String, StoreError> {
    serde_json::to_string(watch).map_err(|cause| StoreError::Corrupt(cause.to_string()))
}

/// The place of a watch in the index of due work: its key and its shard.
fn due_of(cluster: ClusterId, watch: &Watch) -> Option<(String, String)> {
    watch.due.map(|due| (keys::round(due, cluster), keys::round_shard(cluster)))
}
