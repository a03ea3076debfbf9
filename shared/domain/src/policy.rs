//! The policy record, and its binding to a cluster (spec api-resources A4, A5; engine-policies §1).

use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::ids::{BindingId, ClusterId, PolicyId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// The policy's cooldown, if it has one. The spec never changes: nobody has to read it to refuse a scaling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<Cooldown>,
    /// When it was attached.
    pub created_at: Timestamp,
}

/// How long a policy stands against scaling after one that counted (spec engine-actions §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// Against which kind of action.
    pub of: ActionKind,
    /// For how many seconds, the last one included; more than 0.
    pub seconds: u64,
}

impl Binding {
    /// Whether too little time has passed since a scaling that counted.
    #[must_use]
    pub fn cools(&self, now: Timestamp) -> bool {
        let until = |cooldown: Cooldown| Some(self.last_op?.plus(Duration::from_secs(cooldown.seconds)));
        self.cooldown.and_then(until).is_some_and(|until| now <= until)
    }
}
