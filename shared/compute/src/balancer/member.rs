//! Members: nodes that share the work.

use super::driver::Balancer;
use super::ensure::unready;
use super::error::BalancerError;
use super::front::Standing;
use super::listing::{PartFilter, list_parts};
use super::part::{Origin, PartKind, PartRef, PartState};
use super::request::{Blueprint, PartRequest};
use super::{ensure::oldest, part::Part};
use crate::compute::Deletion;

/// An instance as a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The instance's name, which is the member's.
    pub name: String,
    /// The instance.
    pub instance: String,
    /// The address it is reached at; none for the one it has on the pool's subnet.
    pub address: Option<String>,
    /// The port it listens on.
    pub port: u16,
    /// Its share of the work compared with the others'; services take 1 for the usual.
    pub weight: u16,
}

/// A member that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Its id: the node's `lb_member`.
    pub id: String,
    /// The address it is reached at.
    pub address: Option<String>,
    /// How far it is.
    pub standing: Standing,
}

/// Sees to it that an instance is a member of a pool, and tells how far it is. May be repeated at will: an
/// instance is one member of a pool, as it was first asked for. `known` is the member's id where it is known,
/// and spares the search.
///
/// # Errors
/// Those of [`Balancer::create`]: `Busy` while another member joins or leaves, `NotFound` where there is no such
/// pool or instance. Where the error's consequence allows, repeat the whole of this, later.
pub async fn ensure_member<B>(
    balancer: &B,
    origin: &Origin,
    (pool, subnet): (&str, &str),
    member: &Member,
    known: Option<&str>,
) -> Result<Joined, BalancerError>
where
    B: Balancer + ?Sized,
{
    if let Some(id) = known
        && let Some(part) = present(balancer, &PartRef::member(pool, id)).await?
    {
        return Ok(joined(part));
    }
    let filter = PartFilter::Member { pool, instance: &member.instance };
    let listed = list_parts(balancer, filter).await?;
    if let Some(found) = oldest(&listed, PartKind::Member, Some(pool))
        && let Some(part) = present(balancer, &found.reference()).await?
    {
        return Ok(joined(part));
    }
    let what = Blueprint::Member { pool: pool.to_owned(), subnet: subnet.to_owned(), member: member.clone() };
    let request = PartRequest { name: member.name.clone(), origin: origin.clone(), what };
    Ok(joined(balancer.create(&request).await?))
}

/// Asks for a member to leave. Repeated until [`Deletion::Gone`]; one that is not there is gone.
///
/// # Errors
/// Those of [`Balancer::delete`].
pub async fn remove_member<B>(balancer: &B, pool: &str, id: &str) -> Result<Deletion, BalancerError>
where
    B: Balancer + ?Sized,
{
    balancer.delete(&PartRef::member(pool, id)).await
}

/// A part that is there and not on its way out.
pub(super) async fn present<B>(balancer: &B, part: &PartRef) -> Result<Option<Part>, BalancerError>
where
    B: Balancer + ?Sized,
{
    let found = balancer.get(part).await?;
    Ok(found.filter(|part| part.state != PartState::Deleting))
}

fn joined(part: Part) -> Joined {
    let standing = unready(&part).unwrap_or(Standing::Ready);
    Joined { id: part.id, address: part.address, standing }
}
