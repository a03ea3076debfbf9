//! Where the simulated backend keeps its instances: a small port.

use super::record::Record;
use crate::listing::{Filter, PageMark};
use async_trait::async_trait;
use coppice_domain::time::Timestamp;
use std::time::Duration;

/// A limit that an insertion counts towards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is counted: one count is kept for every scope.
    pub scope: String,
    /// Most records that may be counted in it.
    pub max: u64,
}

/// What became of an insertion.
#[derive(Clone, Debug, PartialEq)]
pub enum Insertion {
    /// The record is stored, and counted in every scope it holds.
    Done,
    /// A record with this id exists; nothing changed.
    Exists(Box<Record>),
    /// A limit leaves no room; nothing changed.
    Full {
        /// The limit's scope.
        scope: String,
    },
}

/// One page of stored records.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPage {
    /// The records, settled ones left out.
    pub records: Vec<Record>,
    /// Where to go on.
    pub next: Option<PageMark>,
}

/// The store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreFailure {
    /// Too much at once; nothing happened.
    #[error("the instance store is busy: {0}")]
    Busy(String),
    /// A mark is not of this list; nothing happened.
    #[error("the mark '{0}' is not of this list")]
    Mark(String),
    /// It may or may not have happened.
    #[error("the instance store cannot be reached: {0}")]
    Unavailable(String),
    /// What is stored, or the table itself, is not what this version writes.
    #[error("the instance store cannot be used: {0}")]
    Corrupt(String),
}

/// Keeps records. Several processes may use one store at a time: every write is conditional, and counts
/// change in the write that justifies them.
#[async_trait]
pub trait InstanceStore: Send + Sync {
    /// The longest that lists may lag behind writes. Reads by id never lag.
    fn lag(&self) -> Duration;

    /// Stores a new record, counting it in each of `limits`, whose scopes are exactly what it `holds`.
    /// That the record exists is found out before that a limit is reached.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn insert(&self, record: &Record, limits: &[Limit]) -> Result<Insertion, StoreFailure>;

    /// Stores `now` (same id, the next version) in place of `was`, and stops counting it in the scopes that
    /// `was` holds and `now` does not. False if the record is no longer as it `was`: nothing changed.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn replace(&self, was: &Record, now: &Record) -> Result<bool, StoreFailure>;

    /// One record, as it is.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn get(&self, id: &str) -> Result<Option<Record>, StoreFailure>;

    /// The records that a filter selects. `Ids` are read as they are and in one page.
    ///
    /// # Errors
    /// When the store does not answer, or is busy; for a mark of another list.
    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<StoredPage, StoreFailure>;

    /// Some records, at most `limit`, that were gone by a time and are not settled.
    ///
    /// # Errors
    /// When the store does not answer, or is busy.
    async fn unsettled(&self, gone_by: Timestamp, limit: u16) -> Result<Vec<Record>, StoreFailure>;
}
