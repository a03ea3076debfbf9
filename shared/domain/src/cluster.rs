//! The cluster record (spec api-resources A1, engine-cluster §1).

use crate::ids::{ActionId, ClusterId, NodeId, ProfileId};
use crate::node::NodeStatus;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A free-form JSON object.
pub type JsonMap = Map<String, Value>;

/// Where a cluster stands (spec engine-cluster §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum ClusterStatus {
    Init,
    Active,
    Creating,
    Updating,
    Resizing,
    Deleting,
    Checking,
    Recovering,
    Critical,
    Error,
    Warning,
    Operating,
}

impl ClusterStatus {
    /// Every status, in the order of the reference.
    pub const ALL: [Self; 12] = [
        Self::Init,
        Self::Active,
        Self::Creating,
        Self::Updating,
        Self::Resizing,
        Self::Deleting,
        Self::Checking,
        Self::Recovering,
        Self::Critical,
        Self::Error,
        Self::Warning,
        Self::Operating,
    ];

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::Active => "ACTIVE",
            Self::Creating => "CREATING",
            Self::Updating => "UPDATING",
            Self::Resizing => "RESIZING",
            Self::Deleting => "DELETING",
            Self::Checking => "CHECKING",
            Self::Recovering => "RECOVERING",
            Self::Critical => "CRITICAL",
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Operating => "OPERATING",
        }
    }
}

/// A cluster's size limits and target. `max_size` −1 means unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Fewest nodes it may have.
    pub min_size: i64,
    /// Most nodes it may have; −1 for no limit.
    pub max_size: i64,
    /// How many nodes it should have.
    pub desired_capacity: i64,
}

/// A cluster as it is stored. Member nodes and bindings are items of their own (invariant 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// Its name; not unique.
    pub name: String,
    /// The profile new nodes are made from.
    pub profile_id: ProfileId,
    /// The type of that profile, which never changes, as `<type>-<version>`: requests are checked against it
    /// without reading the profile.
    pub profile_type: String,
    /// Every profile whose deletion this cluster blocks: the current one, and earlier ones that
    /// members may still be made from.
    pub profile_refs: Vec<ProfileId>,
    /// The user that created it.
    pub user: String,
    /// The project it belongs to.
    pub project: String,
    /// The domain of a domain-scoped token; normally none.
    pub domain: Option<String>,
    /// Limits and target.
    #[serde(flatten)]
    pub sizes: Sizes,
    /// Index of the next node to be made; starts at 1.
    pub next_index: i64,
    /// Seconds its actions may take.
    pub timeout: i64,
    /// Where it stands.
    pub status: ClusterStatus,
    /// Why.
    pub status_reason: String,
    /// When the record was made.
    pub init_at: Timestamp,
    /// When its creation succeeded.
    pub created_at: Option<Timestamp>,
    /// When the record last changed.
    pub updated_at: Option<Timestamp>,
    /// The action that holds it: no other may change it meanwhile (invariant 2).
    pub active_action: Option<ActionId>,
    /// The kind of the action that holds it, for the refusal's text.
    pub active_kind: Option<crate::action::ActionKind>,
    /// The user's metadata.
    pub metadata: JsonMap,
    /// The user's configuration, of which `node.name.format` is read.
    pub config: JsonMap,
    /// What policies left.
    pub data: JsonMap,
    /// What depends on this cluster.
    pub dependents: JsonMap,
}

/// A cluster's compact record of one member: enough to list, count and choose without reading nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The node.
    pub node: NodeId,
    /// Its status when the record was last written: exact for settled nodes.
    pub status: NodeStatus,
    /// Its index within the cluster, from 1.
    pub index: i64,
    /// Whether an operator marked it as a preferred victim.
    pub tainted: bool,
    /// Whether its creation ever succeeded.
    pub created: bool,
    /// The cluster action that works on the node, until it has.
    pub pending: Option<ActionId>,
    /// In which phase of its action it is pending: an action may come back to a node.
    pub phase: u32,
    /// The cluster action that worked on it last, if it failed.
    pub failed_for: Option<ActionId>,
}
