//! The profile record (spec api-resources A3).

use crate::cluster::JsonMap;
use crate::ids::ProfileId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

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
