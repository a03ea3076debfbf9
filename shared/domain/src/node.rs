//! The node record (spec api-resources A2, engine-nodes §1).

use crate::cluster::JsonMap;
use crate::ids::{ActionId, ClusterId, NodeId, ProfileId};
use crate::pyrepr;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum NodeStatus {
    Init,
    Active,
    Error,
    Warning,
    Creating,
    Updating,
    Deleting,
    Recovering,
    Operating,
}

impl NodeStatus {
    /// Every status, in the order of the reference.
    pub const ALL: [Self; 9] = [
        Self::Init,
        Self::Active,
        Self::Error,
        Self::Warning,
        Self::Creating,
        Self::Updating,
        Self::Deleting,
        Self::Recovering,
        Self::Operating,
    ];

    /// Whether it is one that an action gives a node while it works on it, and takes from it at its end.
    #[must_use]
    pub const fn is_transitional(self) -> bool {
        matches!(self, Self::Creating | Self::Updating | Self::Deleting | Self::Recovering | Self::Operating)
    }

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::Active => "ACTIVE",
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Creating => "CREATING",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
            Self::Recovering => "RECOVERING",
            Self::Operating => "OPERATING",
        }
    }
}

/// A node as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its name; not unique.
    pub name: String,
    /// The cluster it is a member of; none for an orphan.
    pub cluster_id: Option<ClusterId>,
    /// The backend's id of the instance, once one was accepted.
    pub physical_id: Option<String>,
    /// The profile it was made from.
    pub profile_id: ProfileId,
    /// The type of that profile, as `<type>-<version>`: a node stays of the type that it was made with.
    pub profile_type: String,
    /// The user that created it.
    pub user: String,
    /// The project it belongs to.
    pub project: String,
    /// The domain of a domain-scoped token; normally none.
    pub domain: Option<String>,
    /// Its index within the cluster, from 1; −1 for an orphan.
    pub index: i64,
    /// A free label.
    pub role: Option<String>,
    /// When the record was made.
    pub init_at: Timestamp,
    /// When its creation succeeded.
    pub created_at: Option<Timestamp>,
    /// When it last settled.
    pub updated_at: Option<Timestamp>,
    /// Where it stands.
    pub status: NodeStatus,
    /// Why.
    pub status_reason: String,
    /// The user's metadata; null when stored as null.
    pub metadata: Option<JsonMap>,
    /// What policies and drivers left.
    pub data: JsonMap,
    /// What depends on this node.
    pub dependents: JsonMap,
    /// Whether an operator marked it as a preferred victim.
    pub tainted: bool,
    /// The action that holds it: no other may change it meanwhile (invariant 2).
    pub active_action: Option<ActionId>,
    /// The action that launched its present instance, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launched_by: Option<ActionId>,
    /// When that was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launched_at: Option<Timestamp>,
    /// The action that found that its instance does not run and may do away with it, where it looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condemned_by: Option<ActionId>,
    /// Whether it holds a reference of its own to its profile. Nodes that a cluster made do not: the
    /// cluster's references cover them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_reference: bool,
}

impl Node {
    /// Whether other nodes depend on this one.
    #[must_use]
    pub fn has_dependents(&self) -> bool {
        self.dependents.get("nodes").is_some_and(pyrepr::truth)
    }
}
