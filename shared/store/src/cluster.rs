//! Clusters: their two items, their members, and what changes between two states of one.

use crate::codec::{drop_empty, encode};
use crate::entity::{CLUSTER_BODY, Entity, Kind};
use crate::error::StoreError;
use crate::item::{Item, number, required, s, text, with_key};
use crate::keys;
use crate::store::Store;
use crate::template::{check_usable, reference, rename, unreference};
use crate::transaction::Write;
use coppice_domain::cluster::{Cluster, Member};
use coppice_domain::ids::{ActionId, ClusterId, NodeId};
use coppice_domain::node::NodeStatus;
use coppice_domain::profile::Profile;
use uuid::Uuid;

/// A member as an item. Names are short: a hundred members are read at every show.
pub(crate) fn member_item(cluster: ClusterId, member: &Member) -> Item {
    let mut item = Item::new();
    item.insert("st".to_owned(), s(member.status.name()));
    item.insert("ix".to_owned(), crate::item::n(member.index));
    if member.tainted {
        item.insert("tn".to_owned(), crate::item::n(1));
    }
    if member.created {
        item.insert("cr".to_owned(), crate::item::n(1));
    }
    if let Some(action) = member.pending {
        item.insert("by".to_owned(), s(action.to_string()));
    }
    if member.phase > 0 {
        item.insert("ph".to_owned(), crate::item::n(i64::from(member.phase)));
    }
    if let Some(action) = member.failed_for {
        item.insert("fl".to_owned(), s(action.to_string()));
    }
    with_key(&keys::member(cluster, member.node), item)
}

pub(crate) fn member_from(item: &Item) -> Result<Member, StoreError> {
    let corrupt = || StoreError::Corrupt(format!("{} is not a member", crate::item::describe(item)));
    let node: NodeId = required(item, "sk")?
        .strip_prefix(keys::MEMBER)
        .and_then(|id| id.parse().ok())
        .ok_or_else(corrupt)?;
    let status = required(item, "st")?;
    Ok(Member {
        node,
        status: NodeStatus::ALL.into_iter().find(|known| known.name() == status).ok_or_else(corrupt)?,
        index: number(item, "ix").unwrap_or(-1),
        tainted: item.contains_key("tn"),
        created: item.contains_key("cr"),
        pending: text(item, "by").and_then(|id| id.parse::<ActionId>().ok()),
        phase: number(item, "ph").and_then(|phase| u32::try_from(phase).ok()).unwrap_or(0),
        failed_for: text(item, "fl").and_then(|id| id.parse::<ActionId>().ok()),
    })
}

/// The writes that take a cluster from one state to the next, on condition that `holder` still holds it.
pub(crate) fn change(before: &Cluster, after: &Cluster, holder: ActionId) -> Result<Vec<Write>, StoreError> {
    let mut own = Write::update(keys::cluster(before.id)).if_equals("active_action", s(holder.to_string()));
    let gives_back = before.profile_refs.iter().any(|profile| !after.profile_refs.contains(profile));
    if before.next_index != after.next_index || gives_back {
        // A node that was asked for by itself may have been given an index since this was read, and may count on
        // the cluster's reference to its profile.
        own = own.if_equals("next_index", crate::item::n(before.next_index));
    }
    change_by(own, before, after)
}

/// The same, for a write of the cluster's own item that carries its own conditions.
pub(crate) fn change_by(own: Write, before: &Cluster, after: &Cluster) -> Result<Vec<Write>, StoreError> {
    let (mut old, mut new) = (encode(before)?, encode(after)?);
    drop_empty(&mut old, &CLUSTER_BODY);
    drop_empty(&mut new, &CLUSTER_BODY);
    let mut own = own;
    let mut body = Write::update(keys::cluster_body(before.id));
    let mut body_changed = false;
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        if old.get(name) == new.get(name) {
            continue;
        }
        if CLUSTER_BODY.contains(&name.as_str()) {
            body = body.assign(name, new.get(name).cloned());
            body_changed = true;
        } else {
            own = own.assign(name, new.get(name).cloned());
        }
    }
    let mut writes = vec![own];
    if body_changed {
        writes.push(body);
    }
    writes.extend(rename(Kind::Cluster, before, after)?);
    for profile in &after.profile_refs {
        if !before.profile_refs.contains(profile) {
            writes.push(check_usable::<Profile>(*profile));
            writes.push(reference::<Profile>(profile.uuid(), after.id)?);
        }
    }
    for profile in &before.profile_refs {
        if !after.profile_refs.contains(profile) {
            writes.push(unreference::<Profile>(profile.uuid(), after.id));
        }
    }
    Ok(writes)
}

/// The writes that remove a cluster whose members are gone, on condition that `holder` still holds it.
pub(crate) fn removal(cluster: &Cluster, holder: ActionId) -> Vec<Write> {
    let mut writes = vec![
        Write::delete(keys::cluster(cluster.id)).if_equals("active_action", s(holder.to_string())),
        Write::delete(keys::cluster_body(cluster.id)),
        Write::delete(keys::name(Kind::Cluster, &cluster.project, cluster.name(), cluster.id.uuid())),
        crate::project::uncount_cluster(&cluster.project),
    ];
    writes.extend(last_references(cluster).1.map(|profile| unreference::<Profile>(profile, cluster.id)));
    writes
}

/// The references to profiles of a cluster to be removed: those to give back before, and those that go with
/// it, as many as its last transaction holds.
fn last_references(cluster: &Cluster) -> (impl Iterator<Item = Uuid>, impl Iterator<Item = Uuid>) {
    let (before, with) = cluster.profile_refs.split_at(cluster.profile_refs.len().saturating_sub(LAST));
    (before.iter().map(|id| id.uuid()), with.iter().map(|id| id.uuid()))
}

/// References given back with the cluster itself.
const LAST: usize = 50;

impl Store {
    /// Gives back references to profiles that the removal of a cluster, whose members are gone, would have no
    /// room for. May be repeated.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn cluster_unreference(&self, cluster: &Cluster) -> Result<(), StoreError> {
        for profile in last_references(cluster).0 {
            self.write(unreference::<Profile>(profile, cluster.id)).await?;
        }
        Ok(())
    }
}
