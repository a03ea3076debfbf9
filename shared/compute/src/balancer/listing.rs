//! Lists of parts, a page at a time.

use super::driver::Balancer;
use super::error::BalancerError;
use super::part::{Origin, Part};
use crate::listing::PageMark;
use coppice_domain::time::Timestamp;

/// Which parts a list shows: only such as carry our tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartFilter<'a> {
    /// All of an origin but its members. Origins are the same as by [`Origin::same_as`].
    Origin(&'a Origin),
    /// The members of a pool, whatever their origin.
    Members(&'a str),
    /// The members of a pool that are one instance: normally at most one.
    Member {
        /// The pool.
        pool: &'a str,
        /// The instance.
        instance: &'a str,
    },
    /// All of a deployment but members, accepted in a span of time, by the service's clock: what the leak
    /// sweep walks through.
    Deployment {
        /// The deployment.
        name: &'a str,
        /// Not accepted before this.
        from: Timestamp,
        /// Accepted before this.
        before: Timestamp,
    },
}

/// One page of a list, in no particular order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartPage {
    /// The parts; possibly none although more pages follow.
    pub parts: Vec<Part>,
    /// Where to go on; none at the end.
    pub next: Option<PageMark>,
}

/// Reads a list to its end.
///
/// # Errors
/// The first error of any page.
pub async fn list_parts<B>(balancer: &B, filter: PartFilter<'_>) -> Result<Vec<Part>, BalancerError>
where
    B: Balancer + ?Sized,
{
    let mut page = balancer.list(filter, None).await?;
    let mut parts = page.parts;
    while let Some(mark) = page.next {
        page = balancer.list(filter, Some(&mark)).await?;
        parts.append(&mut page.parts);
    }
    Ok(parts)
}
