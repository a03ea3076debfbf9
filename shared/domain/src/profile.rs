//! The profile record (spec api-resources A3).

use crate::cluster::JsonMap;
use crate::ids::{ClusterId, NodeId, ProfileId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What the containers of a profile run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// The nodes of a cluster.
    Cluster(ClusterId),
    /// One node.
    Node(NodeId),
}

/// Most profiles that one cluster or node may host: 64 ids are 2.5 KB of its record.
pub const MOST_HOSTED: usize = 64;

/// Why a profile could not be put on its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostRefusal {
    /// There is no such host, or it is being deleted.
    Gone,
    /// It hosts [`MOST_HOSTED`] profiles.
    Full,
}

/// A profile as it is stored. The spec is kept exactly as it was submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its id.
    pub id: ProfileId,
    /// Its name; not unique.
    pub name: String,
    /// `<type>-<version>`, such as `os.nova.server-1.0`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The user that created it.
    pub user: String,
    /// The project it belongs to.
    pub project: String,
    /// The domain of a domain-scoped token; normally none.
    pub domain: Option<String>,
    /// The spec as submitted.
    pub spec: JsonMap,
    /// The user's metadata; null when stored as null.
    pub metadata: Option<JsonMap>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last updated.
    pub updated_at: Option<Timestamp>,
}
