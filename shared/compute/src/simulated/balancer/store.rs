//! Where the simulated service keeps its parts: a small port.

use super::super::store::StoreFailure;
use super::record::PartRecord;
use crate::balancer::Origin;
use crate::listing::PageMark;
use async_trait::async_trait;
use coppice_domain::time::Timestamp;
use std::time::Duration;

/// What is looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// The parts of an origin but its members.
    Origin(Origin),
    /// What is in a part.
    Within(String),
    /// The members of a pool that are one instance.
    Instance {
        /// The pool.
        pool: String,
        /// The instance.
        instance: String,
    },
    /// The parts of a deployment but members, accepted in a span of time.
    Deployment {
        /// The deployment.
        name: String,
        /// Not accepted before this.
        from: Timestamp,
        /// Accepted before this.
        before: Timestamp,
    },
}

impl Shelf {
    /// Whether a record is on it.
    #[must_use]
    pub fn holds(&self, record: &PartRecord) -> bool {
        record.shelves().iter().any(|shelf| match (self, shelf) {
            (Self::Origin(one), Self::Origin(other)) => one.same_as(other),
            (Self::Deployment { name, from, before }, Self::Deployment { name: other, from: at, .. }) => {
                name == other && (from..before).contains(&at)
            }
            (one, other) => one == other,
        })
    }
}

/// One page of stored parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredParts {
    /// The records.
    pub records: Vec<PartRecord>,
    /// Where to go on.
    pub next: Option<PageMark>,
}

/// Keeps parts. Several processes may use one store at a time: every write is conditional.
#[async_trait]
pub trait PartStore: Send + Sync {
    /// The longest that lists may lag behind writes. Reads by id never lag.
    fn lag(&self) -> Duration;

    /// Stores a new record. If one with its id exists, that one, and nothing changed.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn insert(&self, record: &PartRecord) -> Result<Option<PartRecord>, StoreFailure>;

    /// Stores `now` (same id, the next version) in place of `was`. False if the record is no longer as it
    /// `was`: nothing changed.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn replace(&self, was: &PartRecord, now: &PartRecord) -> Result<bool, StoreFailure>;

    /// One record, as it is.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn get(&self, id: &str) -> Result<Option<PartRecord>, StoreFailure>;

    /// What is on a shelf.
    ///
    /// # Errors
    /// When the store does not answer, or is busy; for a mark of another list.
    async fn list(&self, shelf: &Shelf, after: Option<&PageMark>) -> Result<StoredParts, StoreFailure>;
}
