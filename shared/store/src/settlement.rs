//! What becomes of a node when an action has worked on it.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::item::{Item, at, n, s};
use crate::keys;
use crate::template::referenced_by;
use crate::transaction::Write;
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::action::ActionStatus;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ActionId, ClusterId, NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;

/// How a node is settled, and how the action that worked on it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement {
    /// How the action ends.
    pub ended: ActionStatus,
    /// Why it failed, if it did.
    pub ended_reason: String,
    /// The node's status; none for the one it has.
    pub status: Option<NodeStatus>,
    /// Why it has that status.
    pub reason: String,
    /// Which instance it has.
    pub instance: InstanceChange,
    /// What else changes.
    pub changes: NodeChanges,
    /// Where it belongs from now on; none for where it does.
    pub place: Option<Place>,
    /// The profile that the node was given a reference of its own to when the action began. It is the node's
    /// from now on if its profile changes to that, and goes if it does not.
    pub reserved: Option<ProfileId>,
    /// Whether the instance is left alone because it was found well: then not if a worker on the same action,
    /// which looked at another time, has condemned it.
    pub spares: bool,
    /// The status that a node has from the moment something is done to it, where it is given up because nothing
    /// was: then not if a worker on the same action has begun since the node was read.
    pub unbegun: Option<NodeStatus>,
}

/// What a settlement does to a node's claim on an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InstanceChange {
    /// It keeps what it has.
    #[default]
    Keep,
    /// It has this one.
    Set(String),
    /// It has none.
    Clear,
}

/// Properties of a node that an update changes; those that are none stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeChanges {
    /// The profile it is made from.
    pub profile_id: Option<ProfileId>,
    /// Its name.
    pub name: Option<String>,
    /// Its role, or null.
    pub role: Option<Option<String>>,
    /// Its metadata, or null.
    pub metadata: Option<Option<JsonMap>>,
    /// Whether it is a preferred victim.
    pub tainted: Option<bool>,
    /// What policies and drivers left.
    pub data: Option<JsonMap>,
}

/// Where a node belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// To a cluster, under this index.
    Member(ClusterId, i64),
    /// To no cluster.
    Orphan,
}

impl Settlement {
    /// The action has done what it should, and the node is in `status` for `reason`.
    #[must_use]
    pub fn done(status: NodeStatus, reason: impl Into<String>) -> Self {
        Self {
            ended: ActionStatus::Succeeded,
            ended_reason: String::new(),
            status: Some(status),
            reason: reason.into(),
            instance: InstanceChange::Keep,
            changes: NodeChanges::default(),
            place: None,
            reserved: None,
            spares: false,
            unbegun: None,
        }
    }

    /// The action has failed, and the node is in error for `reason`.
    #[must_use]
    pub fn failed(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let ended_reason = reason.clone();
        Self { ended: ActionStatus::Failed, ended_reason, ..Self::done(NodeStatus::Error, reason) }
    }

    /// The action has failed with `ended_reason`, and the node is as it was.
    #[must_use]
    pub fn untouched(ended_reason: impl Into<String>) -> Self {
        Self {
            ended: ActionStatus::Failed,
            ended_reason: ended_reason.into(),
            status: None,
            ..Self::done(NodeStatus::Active, String::new())
        }
    }

    /// The action has done what it should, and the node's status is as it was: it has moved.
    #[must_use]
    pub fn moved() -> Self {
        Self { status: None, ..Self::done(NodeStatus::Active, String::new()) }
    }

    /// The same, with this instance.
    #[must_use]
    pub fn with(self, instance: InstanceChange) -> Self {
        Self { instance, ..self }
    }

    /// The same, on condition that nobody at the same action has condemned the instance.
    #[must_use]
    pub fn sparing(self) -> Self {
        Self { spares: true, ..self }
    }

    /// The same, on condition that nobody at the same action has put the node in this status.
    #[must_use]
    pub fn unless_begun(self, status: NodeStatus) -> Self {
        Self { unbegun: Some(status), ..self }
    }

    /// The same, with the action failing for `reason` whatever becomes of the node.
    #[must_use]
    pub fn ending(self, ended: ActionStatus, reason: impl Into<String>) -> Self {
        Self { ended, ended_reason: reason.into(), ..self }
    }

    /// The write that settles the node `before`, on condition that `holder` holds it.
    pub(crate) fn node_write(
        &self,
        id: NodeId,
        holder: ActionId,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let mut write = Write::update(keys::node(id))
            .set("updated_at", at(now))
            .remove("active_action")
            .set("settled_by", s(holder.to_string()))
            .set("settled_as", s(self.ended.name()))
            .assign("settled_for", (!self.ended_reason.is_empty()).then(|| s(&self.ended_reason)))
            .if_equals("active_action", s(holder.to_string()));
        if self.spares {
            write = write.if_differs("condemned_by", s(holder.to_string()));
        }
        if let Some(begun) = self.unbegun {
            write = write.if_differs("status", s(begun.name()));
        }
        if let Some(status) = self.status {
            write = write.set("status", s(status.name())).set("status_reason", s(&self.reason));
            if status == NodeStatus::Active {
                write = write.set_if_absent("created_at", at(now));
            }
        }
        write = match &self.instance {
            InstanceChange::Keep => write,
            InstanceChange::Set(id) => write.set("physical_id", s(id)),
            InstanceChange::Clear => write.remove("physical_id"),
        };
        let changes = &self.changes;
        if let Some(profile) = changes.profile_id {
            write = write.set("profile_id", s(profile.to_string()));
            if self.reserved == Some(profile) {
                write = write.set("own_reference", AttributeValue::Bool(true));
            }
        }
        if let Some(name) = &changes.name {
            write = write.set("name", s(name)).set("named", s(keys::named(name, id.uuid())));
        }
        if let Some(role) = &changes.role {
            write = write.assign("role", role.as_ref().map(s));
        }
        if let Some(metadata) = &changes.metadata {
            write = write.assign("metadata", metadata.as_ref().map(json).transpose()?);
        }
        if let Some(tainted) = changes.tainted {
            write = write.set("tainted", AttributeValue::Bool(tainted));
        }
        if let Some(data) = &changes.data {
            write = write.assign("data", (!data.is_empty()).then(|| json(data)).transpose()?);
        }
        Ok(match self.place {
            None => write,
            Some(Place::Member(cluster, index)) => {
                write.set("cluster_id", s(cluster.to_string())).set("index", n(index)).remove("role")
            }
            Some(Place::Orphan) => write
                .remove("cluster_id")
                .set("index", n(-1))
                .remove("role")
                .set("own_reference", AttributeValue::Bool(true)),
        })
    }

    /// The writes that keep the node's profile from being deleted under it, beside [`Self::node_write`].
    pub(crate) fn reference_writes(&self, node: &Node) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        let own =
            |profile: ProfileId| keys::reference(Kind::Profile, profile.uuid(), Kind::Node, node.id.uuid());
        let profile = self.changes.profile_id.unwrap_or(node.profile_id);
        if let Some(reserved) = self.reserved.filter(|reserved| *reserved != profile) {
            writes.push(Write::delete(own(reserved)));
        }
        if self.place == Some(Place::Orphan) && !node.own_reference {
            writes.push(referenced_by::<Profile>(profile.uuid(), Kind::Node, node.id.uuid())?);
        }
        if node.own_reference && profile != node.profile_id {
            writes.push(referenced_by::<Profile>(profile.uuid(), Kind::Node, node.id.uuid())?);
            writes.push(Write::delete(own(node.profile_id)));
        }
        Ok(writes)
    }

    /// The write that brings the member's record up to date, on condition that `holder` has it pending.
    pub(crate) fn member_write(&self, cluster: ClusterId, node: NodeId, holder: Option<ActionId>) -> Write {
        let mut write = Write::update(keys::member(cluster, node))
            .remove("by")
            .remove("ph")
            .if_exists()
            .if_is("by", holder.map(|holder| s(holder.to_string())));
        if let Some(status) = self.status {
            write = write.set("st", s(status.name()));
            if status == NodeStatus::Active {
                write = write.set("cr", n(1));
            }
        }
        if let Some(tainted) = self.changes.tainted {
            write = write.assign("tn", tainted.then(|| n(1)));
        }
        let failed = holder.filter(|_| self.ended == ActionStatus::Failed);
        write.assign("fl", failed.map(|holder| s(holder.to_string())))
    }
}

pub(crate) fn json(map: &JsonMap) -> Result<AttributeValue, StoreError> {
    serde_json::to_string(map).map(s).map_err(|cause| StoreError::Corrupt(cause.to_string()))
}

/// How an earlier settlement by the same action ended it.
pub(crate) fn earlier(node: &Item) -> (ActionStatus, String) {
    let text = |name| crate::item::text(node, name);
    let ended = ActionStatus::ALL.into_iter().find(|status| text("settled_as") == Some(status.name()));
    (ended.unwrap_or(ActionStatus::Failed), text("settled_for").unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constructors_say_what_ends_how() {
        let done = Settlement::done(NodeStatus::Active, "Update succeeded");
        assert_eq!((done.ended, done.status), (ActionStatus::Succeeded, Some(NodeStatus::Active)));
        let failed = Settlement::failed("no room").with(InstanceChange::Clear);
        assert_eq!((failed.ended, failed.ended_reason.as_str()), (ActionStatus::Failed, "no room"));
        assert_eq!((failed.status, failed.instance), (Some(NodeStatus::Error), InstanceChange::Clear));
        let untouched = Settlement::untouched("Node failed in joining cluster.");
        assert_eq!((untouched.ended, untouched.status), (ActionStatus::Failed, None));
    }

    #[test]
    fn a_settlement_is_read_back_as_it_was_written() {
        for ended in [ActionStatus::Succeeded, ActionStatus::Failed, ActionStatus::Cancelled] {
            let node = Item::from([
                ("settled_as".to_owned(), s(ended.name())),
                ("settled_for".to_owned(), s("because")),
            ]);
            assert_eq!(earlier(&node), (ended, "because".to_owned()));
        }
        assert_eq!(earlier(&Item::new()), (ActionStatus::Failed, String::new()));
    }
}
