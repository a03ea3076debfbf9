//! The policy record, and its binding to a cluster (spec api-resources A4, A5; engine-policies §1).

use crate::cluster::JsonMap;
use crate::ids::{BindingId, ClusterId, PolicyId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A policy as it is stored. The spec is kept exactly as it was submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Its name; not unique.
    pub name: String,
    /// `<type>-<version>`, such as `senlin.policy.deletion-1.0`.
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
    /// What the policy keeps for itself; empty.
    pub data: JsonMap,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last updated.
    pub updated_at: Option<Timestamp>,
}

/// A policy attached to a cluster, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// Its id.
    pub id: BindingId,
    /// The cluster.
    pub cluster_id: ClusterId,
    /// The policy.
    pub policy_id: PolicyId,
    /// The policy's type, which never changes.
    pub policy_type: String,
    /// Whether the cluster's actions heed the policy.
    pub enabled: bool,
    /// Where it stands among the cluster's policies: smaller first. A constant of the policy's type.
    pub priority: i64,
    /// What the policy keeps about this cluster; null for most types.
    pub data: Option<JsonMap>,
    /// When a scaling last counted towards the policy's cooldown.
    pub last_op: Option<Timestamp>,
    /// When it was attached.
    pub created_at: Timestamp,
}
