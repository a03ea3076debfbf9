//! The contract of a load balancing service. Drivers keep the promises written here; the contract suite
//! (`contract`) checks them.

use super::error::BalancerError;
use super::listing::{PartFilter, PartPage};
use super::part::{Part, PartRef};
use super::request::PartRequest;
use crate::compute::Deletion;
use crate::listing::PageMark;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// A load balancing service, speaking with one set of credentials.
///
/// # Promises
///
/// 1. **Creation is asynchronous.** An accepted part is `Pending` or further; it becomes `Active` or `Error` by
///    itself. A part in `Error` exists until it is deleted.
/// 2. **Tags come with the part.** There is no moment at which an accepted part lacks its origin.
/// 3. **One change at a time.** While anything of a balancer is pending, so is the balancer, and every creation
///    and deletion in it or of it is [`Busy`](BalancerError::Busy). One in `Error` takes no change but its own
///    deletion.
/// 4. **What is deleted takes along what is in it**: a balancer everything, a pool its monitor and members.
/// 5. **Deletes are repeated** until [`Deletion::Gone`]. A repeat is harmless, an unknown part is `Gone`. A part
///    that carries no origin is a user's own and never deleted (`Denied`).
/// 6. **Reads by id show what is; lists may be stale**, by at most [`staleness`](Self::staleness).
/// 7. **Nothing is idempotent by itself**: two identical creations may make two parts. Callers look first.
/// 8. **Errors are told apart** by what follows from them ([`BalancerError::consequence`]). After every error but
///    `Transient` nothing has happened; after `Transient` the call may have taken effect, now or in a moment.
/// 9. **Calls are bounded.** No call waits for a part to reach a state.
///
/// Callers use [`ensure_front`](super::ensure_front) and its like.
#[async_trait]
pub trait Balancer: Send + Sync {
    /// The longest a list may lag behind what is. The sweep for unclaimed parts leaves younger ones alone.
    fn staleness(&self) -> Duration;

    /// Asks for a part and answers as soon as it is accepted. A member without an address gets that of its
    /// instance on the pool's subnet.
    ///
    /// # Errors
    /// Any; `NotFound` where the request names what does not exist.
    async fn create(&self, request: &PartRequest) -> Result<Part, BalancerError>;

    /// One part, whoever made it; none if the service does not know it.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn get(&self, part: &PartRef) -> Result<Option<Part>, BalancerError>;

    /// A balancer by its id, whoever made it, or a user's own by its name; of several, always the same.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`.
    async fn find(&self, name_or_id: &str) -> Result<Option<Part>, BalancerError>;

    /// The parts that `filter` selects, from the beginning or from the mark of the page before. A part that
    /// exists throughout shows exactly once in a whole list.
    ///
    /// # Errors
    /// `Throttled`, `Denied`, `Transient`; `Invalid` for a mark of another list.
    async fn list(&self, filter: PartFilter<'_>, after: Option<&PageMark>)
    -> Result<PartPage, BalancerError>;

    /// Asks for a part to be deleted, with all that is in it.
    ///
    /// # Errors
    /// `Busy`, `Throttled`, `Denied`, `Transient`.
    async fn delete(&self, part: &PartRef) -> Result<Deletion, BalancerError>;
}

#[async_trait]
impl<B: Balancer + ?Sized> Balancer for Arc<B> {
    fn staleness(&self) -> Duration {
        (**self).staleness()
    }

    async fn create(&self, request: &PartRequest) -> Result<Part, BalancerError> {
        (**self).create(request).await
    }

    async fn get(&self, part: &PartRef) -> Result<Option<Part>, BalancerError> {
        (**self).get(part).await
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Part>, BalancerError> {
        (**self).find(name_or_id).await
    }

    async fn list(
        &self,
        filter: PartFilter<'_>,
        after: Option<&PageMark>,
    ) -> Result<PartPage, BalancerError> {
        (**self).list(filter, after).await
    }

    async fn delete(&self, part: &PartRef) -> Result<Deletion, BalancerError> {
        (**self).delete(part).await
    }
}
