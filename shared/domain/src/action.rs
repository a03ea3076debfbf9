//! The action record (spec engine-actions §1–§4).

use crate::cluster::JsonMap;
use crate::ids::{ActionId, ClusterId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Where an action stands (spec engine-actions §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum ActionStatus {
    Init,
    Waiting,
    Ready,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    WaitingLifecycleCompletion,
    Suspended,
}

impl ActionStatus {
    /// Every status, in the order of the reference.
    pub const ALL: [Self; 9] = [
        Self::Init,
        Self::Waiting,
        Self::Ready,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::WaitingLifecycleCompletion,
        Self::Suspended,
    ];

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::Waiting => "WAITING",
            Self::Ready => "READY",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::WaitingLifecycleCompletion => "WAITING_LIFECYCLE_COMPLETION",
            Self::Suspended => "SUSPENDED",
        }
    }

    /// Whether the action has ended: it never changes again (invariant 5).
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

macro_rules! action_kinds {
    ($($variant:ident => $name:literal),+ $(,)?) => {
        /// What an action does; the part before the first underscore names its kind of target.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the names are the field's own")]
        pub enum ActionKind {
            $(#[serde(rename = $name)] $variant,)+
        }

        impl ActionKind {
            /// Every kind: cluster actions first, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The wire name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

action_kinds! {
    ClusterCreate => "CLUSTER_CREATE",
    ClusterDelete => "CLUSTER_DELETE",
    ClusterUpdate => "CLUSTER_UPDATE",
    ClusterAddNodes => "CLUSTER_ADD_NODES",
    ClusterDelNodes => "CLUSTER_DEL_NODES",
    ClusterResize => "CLUSTER_RESIZE",
    ClusterCheck => "CLUSTER_CHECK",
    ClusterRecover => "CLUSTER_RECOVER",
    ClusterReplaceNodes => "CLUSTER_REPLACE_NODES",
    ClusterScaleOut => "CLUSTER_SCALE_OUT",
    ClusterScaleIn => "CLUSTER_SCALE_IN",
    ClusterAttachPolicy => "CLUSTER_ATTACH_POLICY",
    ClusterDetachPolicy => "CLUSTER_DETACH_POLICY",
    ClusterUpdatePolicy => "CLUSTER_UPDATE_POLICY",
    ClusterOperation => "CLUSTER_OPERATION",
    NodeCreate => "NODE_CREATE",
    NodeDelete => "NODE_DELETE",
    NodeUpdate => "NODE_UPDATE",
    NodeJoin => "NODE_JOIN",
    NodeLeave => "NODE_LEAVE",
    NodeCheck => "NODE_CHECK",
    NodeRecover => "NODE_RECOVER",
    NodeOperation => "NODE_OPERATION",
}

impl ActionKind {
    /// The kind of this wire name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether its target is a cluster; else it is a node.
    #[must_use]
    pub fn is_on_cluster(self) -> bool {
        self.name().starts_with("CLUSTER_")
    }

    /// The verb in the names of its actions (spec engine-actions §4): `cluster_resize`, `attach_policy`.
    /// Operations are named after the operation instead: see [`Action::operation_name`].
    fn verb(self) -> String {
        match self {
            Self::ClusterAttachPolicy => "attach_policy".to_owned(),
            Self::ClusterDetachPolicy => "detach_policy".to_owned(),
            Self::ClusterUpdatePolicy => "update_policy".to_owned(),
            kind => kind.name().to_ascii_lowercase(),
        }
    }
}

/// Why an action exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A client asked for it.
    #[default]
    #[serde(rename = "RPC Request")]
    Request,
    /// Another action made it.
    #[serde(rename = "Derived Action")]
    Derived,
    /// Another action made it, and it waits for its lifecycle hook first.
    #[serde(rename = "Derived Action with Lifecycle Hook")]
    DerivedWithHook,
}

impl Cause {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    const fn is_request(&self) -> bool {
        matches!(self, Self::Request)
    }

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "RPC Request",
            Self::Derived => "Derived Action",
            Self::DerivedWithHook => "Derived Action with Lifecycle Hook",
        }
    }
}

/// An action as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// Its name, such as `cluster_resize_1dd88e85`.
    pub name: String,
    /// What it does.
    pub kind: ActionKind,
    /// The cluster or node it works on.
    pub target: Uuid,
    /// The cluster concerned; none for an orphan node.
    pub cluster_id: Option<ClusterId>,
    /// Why it exists. A request is the rule, and is not written down: records are billed by their size.
    #[serde(default, skip_serializing_if = "Cause::is_request")]
    pub cause: Cause,
    /// The action that made it, if any.
    pub parent: Option<ActionId>,
    /// The user it acts for.
    pub user: String,
    /// The project it belongs to.
    pub project: String,
    /// Seconds it may take from `start_time`.
    pub timeout: i64,
    /// Where it stands.
    pub status: ActionStatus,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_reason: String,
    /// What the request asked for.
    pub inputs: JsonMap,
    /// What it produced.
    pub outputs: JsonMap,
    /// What policies decided.
    pub data: JsonMap,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When the record was rewritten; normally none.
    pub updated_at: Option<Timestamp>,
    /// When it first ran.
    pub start_time: Option<Timestamp>,
    /// When it ended.
    pub end_time: Option<Timestamp>,
}

impl Action {
    /// Whether the record's time is over at `now`: it ended `retention` ago. The table deletes it some time
    /// later.
    #[must_use]
    pub fn is_forgotten(&self, now: Timestamp, retention: Duration) -> bool {
        self.end_time.is_some_and(|end| end.plus(retention) <= now)
    }

    /// What messages call it: what it does, and the first eight characters of its id.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} [{}]", self.kind.name(), self.id.short())
    }

    /// The conventional name: what `kind` does and the first eight characters of the target's id.
    #[must_use]
    pub fn conventional_name(kind: ActionKind, target: Uuid) -> String {
        format!("{}_{}", kind.verb(), short(target))
    }

    /// The name of an action that runs `operation` on a cluster's nodes, or on one node:
    /// `cluster_reboot_1dd88e85`.
    #[must_use]
    pub fn operation_name(kind: ActionKind, operation: &str, target: Uuid) -> String {
        let on = if kind.is_on_cluster() { "cluster" } else { "node" };
        format!("{on}_{operation}_{}", short(target))
    }
}

/// The first eight characters of an id.
fn short(id: Uuid) -> String {
    let mut text = id.to_string();
    text.truncate(8);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name_and_tells_its_target() {
        for kind in ActionKind::ALL {
            assert_eq!(ActionKind::parse(kind.name()), Some(*kind));
            assert_eq!(kind.is_on_cluster(), !kind.name().starts_with("NODE_"));
        }
        assert_eq!(ActionKind::parse("CLUSTER_FLY"), None);
    }

    #[test]
    fn names_follow_the_convention() {
        let target = Uuid::from_u128(0x1dd8_8e85 << 96);
        for (kind, name) in [
            (ActionKind::ClusterResize, "cluster_resize_1dd88e85"),
            (ActionKind::ClusterDelNodes, "cluster_del_nodes_1dd88e85"),
            (ActionKind::ClusterAttachPolicy, "attach_policy_1dd88e85"),
            (ActionKind::NodeRecover, "node_recover_1dd88e85"),
        ] {
            assert_eq!(Action::conventional_name(kind, target), name);
        }
        let named = |kind| Action::operation_name(kind, "reboot", target);
        assert_eq!(named(ActionKind::ClusterOperation), "cluster_reboot_1dd88e85");
        assert_eq!(named(ActionKind::NodeOperation), "node_reboot_1dd88e85");
    }
}
