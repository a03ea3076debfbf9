//! Taking away what stands in front of a cluster, all of it or what is too much.

use super::driver::Balancer;
use super::error::BalancerError;
use super::front::Front;
use super::listing::{PartFilter, list_parts};
use super::part::{Origin, Part, PartKind, PartRef};
use crate::compute::Deletion;
use coppice_domain::time::Timestamp;
use std::collections::BTreeSet;

/// Deletes all that was made for an origin, and its members from a user's pool. Repeated until
/// [`Deletion::Gone`]. What carries no origin, or another, is left alone.
///
/// `front` is what is known to be there: it finds what a stale list does not show. The default does where
/// nothing is known.
///
/// # Errors
/// Those of [`Balancer::list`] and [`Balancer::delete`]; that a balancer is busy is none.
pub async fn dismantle<B>(balancer: &B, origin: &Origin, front: &Front) -> Result<Deletion, BalancerError>
where
    B: Balancer + ?Sized,
{
    let mut parts = list_parts(balancer, PartFilter::Origin(origin)).await?;
    for (kind, id) in known(front) {
        if parts.iter().any(|part| part.id == id) {
            continue;
        }
        let part = balancer.get(&PartRef::of(kind, id)).await?;
        parts.extend(part.filter(|part| part.is_of(origin)));
    }
    if let Some(pool) = &front.pool
        && !parts.iter().any(|part| part.id == *pool)
    {
        parts.extend(members(balancer, origin, pool).await?);
    }
    delete(balancer, parts).await
}

/// Deletes what was made for an origin and is not claimed: surplus parts beside the `front`, and members of
/// its pool that are not among those that nodes have. Repeated until [`Deletion::Gone`].
///
/// Only what was accepted before `before` is deleted: what is younger may be about to be claimed, by an action
/// that is running or by one whose answer was lost.
///
/// # Errors
/// Those of [`Balancer::list`] and [`Balancer::delete`]; that a balancer is busy is none.
pub async fn prune<B>(
    balancer: &B,
    origin: &Origin,
    front: &Front,
    claimed_members: &[String],
    before: Timestamp,
) -> Result<Deletion, BalancerError>
where
    B: Balancer + ?Sized,
{
    let mut parts = list_parts(balancer, PartFilter::Origin(origin)).await?;
    if let Some(pool) = &front.pool {
        parts.extend(members(balancer, origin, pool).await?);
    }
    let claimed: BTreeSet<&str> =
        known(front).map(|(_, id)| id).chain(claimed_members.iter().map(String::as_str)).collect();
    parts.retain(|part| part.created_at < before && !claimed.contains(part.id.as_str()));
    delete(balancer, parts).await
}

/// The parts that a front names.
fn known(front: &Front) -> impl Iterator<Item = (PartKind, &str)> {
    [
        (PartKind::Balancer, &front.loadbalancer),
        (PartKind::Listener, &front.listener),
        (PartKind::Pool, &front.pool),
        (PartKind::Monitor, &front.healthmonitor),
    ]
    .into_iter()
    .filter_map(|(kind, id)| Some((kind, id.as_deref()?)))
}

async fn members<B>(balancer: &B, origin: &Origin, pool: &str) -> Result<Vec<Part>, BalancerError>
where
    B: Balancer + ?Sized,
{
    let mut members = list_parts(balancer, PartFilter::Members(pool)).await?;
    members.retain(|member| member.is_of(origin));
    Ok(members)
}

/// Deletes parts, those that are in another one along with it.
async fn delete<B>(balancer: &B, parts: Vec<Part>) -> Result<Deletion, BalancerError>
where
    B: Balancer + ?Sized,
{
    let ids: BTreeSet<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    let goes_along = |part: &Part| part.within.as_deref().is_some_and(|within| ids.contains(within));
    let mut roots: Vec<&Part> = parts.iter().filter(|part| !goes_along(part)).collect();
    roots.sort_by(|one, other| (one.kind, &one.id).cmp(&(other.kind, &other.id)));
    let mut deletion = Deletion::Gone;
    // What stands beside a part whose balancer is busy is in the same balancer; the rest may be in another.
    let mut busy: BTreeSet<&str> = BTreeSet::new();
    for part in roots {
        let beside = part.within.as_deref();
        if beside.is_some_and(|within| busy.contains(within)) {
            continue;
        }
        match balancer.delete(&part.reference()).await {
            Ok(Deletion::Gone) => {}
            Ok(Deletion::Underway) => deletion = Deletion::Underway,
            Err(BalancerError::Busy) => {
                deletion = Deletion::Underway;
                busy.extend(beside);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(deletion)
}
