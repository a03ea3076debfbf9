//! Lists: which instances, a page at a time.

use crate::compute::Compute;
use crate::error::ComputeError;
use crate::instance::Instance;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::time::Timestamp;

/// Most ids one [`Filter::Ids`] may name.
pub const MAX_IDS: usize = 500;

/// Which instances a list shows. All but `Ids` show instances that carry our tags only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter<'a> {
    /// Those made for a node: normally at most one; more after creators raced.
    Node(NodeId),
    /// Those made by an action: polls a whole cluster action's instances.
    Action(ActionId),
    /// Those with these ids, at most [`MAX_IDS`], always in one page: polls any nodes, whatever made
    /// them. Ids that are unknown, or not known yet, are left out.
    Ids(&'a [String]),
    /// Those of a deployment accepted in a span of time, by the backend's clock: what the leak sweep
    /// walks through.
    Deployment {
        /// The deployment.
        name: &'a str,
        /// Not accepted before this.
        from: Timestamp,
        /// Accepted before this.
        before: Timestamp,
    },
}

/// Where the next page begins: opaque, and good for the same filter on the same backend only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageMark(String);

impl PageMark {
    /// A driver's own notion of a place in a list.
    pub fn new(place: impl Into<String>) -> Self {
        Self(place.into())
    }

    /// What the driver put in.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a list, in no particular order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The instances; possibly none although more pages follow.
    pub instances: Vec<Instance>,
    /// Where to go on; none at the end.
    pub next: Option<PageMark>,
}

/// Reads a list to its end: for filters whose answer is known to be short.
///
/// # Errors
/// The first error of any page.
pub async fn list_all<C>(compute: &C, filter: Filter<'_>) -> Result<Vec<Instance>, ComputeError>
where
    C: Compute + ?Sized,
{
    let mut page = compute.list(filter, None).await?;
    let mut instances = page.instances;
    while let Some(mark) = page.next {
        page = compute.list(filter, Some(&mark)).await?;
        instances.append(&mut page.instances);
    }
    Ok(instances)
}
