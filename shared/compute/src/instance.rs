//! An instance as a backend shows it.

use crate::request::{Tags, Token};
use coppice_domain::ids::NodeId;
use coppice_domain::time::Timestamp;

/// Where an instance stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// Accepted; becomes `Active` or `Error` in seconds to minutes.
    Building,
    /// It runs.
    Active,
    /// It failed, while building or later. It still exists, counts towards quotas, and must be deleted.
    Error {
        /// The backend's fault text, such as `No valid host was found.`; may be empty.
        message: String,
    },
    /// It exists and does not run.
    Stopped,
    /// A deletion is underway.
    Deleting,
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The backend's id: a node's `physical_id`; at most 36 characters.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: InstanceState,
    /// Its origin; none for an instance that this service did not make.
    pub tags: Option<Tags>,
    /// When the backend accepted it, by the backend's clock and in its resolution (Nova: seconds).
    pub created_at: Timestamp,
}

impl Instance {
    /// The token of the creation it came from.
    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        self.tags.as_ref().map(|tags| &tags.token)
    }

    /// The node it was made for.
    #[must_use]
    pub fn node(&self) -> Option<NodeId> {
        self.tags.as_ref().map(|tags| tags.node)
    }
}
