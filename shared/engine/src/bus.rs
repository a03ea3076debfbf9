//! The bus that a deployment's events are announced on, for those who would react to them without asking.

use async_trait::async_trait;
use coppice_domain::announcement::{Announcement, Fate};

/// The bus did not do what it was asked, or did not say so. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event bus failed: {0}")]
pub struct BusError(pub String);

/// A bus.
///
/// # Promises
///
/// 1. **At least once.** What is told twice is announced twice; listeners know an event by its id.
/// 2. **One by one.** Each announcement has a fate of its own, in the order in which they were given.
/// 3. **After an error** any of them may have been announced.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Announces events: one parcel (`coppice_domain::announcement::parcels`).
    ///
    /// # Errors
    /// When the bus cannot be reached, or refuses all of them.
    async fn announce(&self, parcel: &[Announcement]) -> Result<Vec<Fate>, BusError>;
}
