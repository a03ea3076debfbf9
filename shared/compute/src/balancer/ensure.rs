//! Building what stands in front of a cluster: the only way callers do it.

use super::driver::Balancer;
use super::error::BalancerError;
use super::front::{Front, Standing};
use super::listing::{PartFilter, list_parts};
use super::member::present;
use super::part::{Origin, Part, PartKind, PartRef, PartState};
use super::request::{Blueprint, PartRequest};
use super::wanted::Wanted;

/// Sees to it that a balancer with what the policy wants stands in front of the cluster, and tells how far it
/// is. Repeated until `Ready` or `Failed`: every call does what can be done now, and none waits. While the
/// balancer is busy a call costs one read.
///
/// Parts are searched by their origin before they are made, and `front` spares the search: it is filled as far
/// as this comes, even where it ends in an error. Where answers were lost and a stale list hid what was there,
/// surplus parts may come to be: [`prune`](super::prune) deletes them. What a user has and the policy names is
/// used, and never changed but by members.
///
/// # Errors
/// Those of [`Balancer::create`]; `NotFound` for what the policy names and is not there. Where the error's
/// consequence allows, repeat the whole of this, later.
pub async fn ensure_front<B>(
    balancer: &B,
    origin: &Origin,
    wanted: &Wanted,
    front: &mut Front,
) -> Result<Standing, BalancerError>
where
    B: Balancer + ?Sized,
{
    let mut work = Work { balancer, origin, wanted, listed: None };
    let given_pool = match &wanted.pool_id {
        Some(id) => Some(work.existing(PartKind::Pool, id).await?),
        None => None,
    };
    let top = work.top(given_pool.as_ref(), front.loadbalancer.as_deref()).await?;
    front.preexisting = !top.is_of(origin);
    front.vip_address.clone_from(&top.address);
    front.loadbalancer = Some(top.id.clone());
    if let Some(standing) = unready(&top) {
        return Ok(standing);
    }
    let Some(given_pool) = given_pool else { return work.build(top.id, front).await };
    if let Some(id) = &wanted.monitor_id {
        front.healthmonitor = Some(work.existing(PartKind::Monitor, id).await?.id);
    }
    let standing = unready(&given_pool);
    front.pool = Some(given_pool.id);
    Ok(standing.unwrap_or(Standing::Ready))
}

/// Which of these parts a repeat of their creation takes for its own: of this kind and in this place, the
/// oldest, then the one with the smallest id, so that every repeat that sees the same parts makes the same
/// choice. Parts on their way out are not taken.
#[must_use]
pub fn oldest<'a>(parts: &'a [Part], kind: PartKind, within: Option<&str>) -> Option<&'a Part> {
    parts
        .iter()
        .filter(|part| part.kind == kind && part.within.as_deref() == within)
        .filter(|part| part.state != PartState::Deleting)
        .min_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)))
}

/// How far a part is, unless it is ready.
pub(super) fn unready(part: &Part) -> Option<Standing> {
    let kind = part.kind.name();
    match &part.state {
        PartState::Active => None,
        PartState::Pending => Some(Standing::Pending),
        PartState::Error { message } if message.is_empty() => {
            Some(Standing::Failed { message: format!("The {kind} '{}' is in error.", part.id) })
        }
        PartState::Error { message } => Some(Standing::Failed { message: message.clone() }),
        PartState::Deleting => {
            Some(Standing::Failed { message: format!("The {kind} '{}' is being deleted.", part.id) })
        }
    }
}

struct Work<'a, B: ?Sized> {
    balancer: &'a B,
    origin: &'a Origin,
    wanted: &'a Wanted,
    /// What was made before, once it has been searched for.
    listed: Option<Vec<Part>>,
}

impl<B: Balancer + ?Sized> Work<'_, B> {
    /// A user's own part.
    async fn existing(&self, kind: PartKind, id: &str) -> Result<Part, BalancerError> {
        let found = self.balancer.get(&PartRef::of(kind, id)).await?;
        found.ok_or_else(|| BalancerError::not_found(kind.name(), id))
    }

    /// The balancer: the one a user's pool is in, the one a user names, or one that is made.
    async fn top(&mut self, pool: Option<&Part>, known: Option<&str>) -> Result<Part, BalancerError> {
        if let Some(id) = pool.and_then(|pool| pool.within.as_deref()) {
            return self.existing(PartKind::Balancer, id).await;
        }
        if let Some(name) = &self.wanted.balancer {
            let found = match known {
                Some(id) => self.balancer.get(&PartRef::of(PartKind::Balancer, id)).await?,
                None => self.balancer.find(name).await?,
            };
            return found.ok_or_else(|| BalancerError::not_found(PartKind::Balancer.name(), name));
        }
        let Wanted { vip, zone, flavor, .. } = self.wanted;
        let what = Blueprint::Balancer { vip: vip.clone(), zone: zone.clone(), flavor: flavor.clone() };
        self.own(known, "lb", what).await
    }

    /// Pool, listener and monitor, one after the other: the first that is not ready ends it.
    async fn build(&mut self, balancer: String, front: &mut Front) -> Result<Standing, BalancerError> {
        let wanted = self.wanted;
        let what = Blueprint::Pool { balancer: balancer.clone(), pool: wanted.pool.clone() };
        let pool = self.own(front.pool.as_deref(), "pool", what).await?;
        front.pool = Some(pool.id.clone());
        if let Some(standing) = unready(&pool) {
            return Ok(standing);
        }
        let what = Blueprint::Listener { balancer, pool: pool.id.clone(), vip: wanted.vip.clone() };
        let listener = self.own(front.listener.as_deref(), "listener", what).await?;
        front.listener = Some(listener.id.clone());
        if let Some(standing) = unready(&listener) {
            return Ok(standing);
        }
        let monitor = match (&wanted.monitor_id, &wanted.monitor) {
            (Some(id), _) => self.existing(PartKind::Monitor, id).await?,
            (None, Some(monitor)) => {
                let what = Blueprint::Monitor { pool: pool.id, monitor: monitor.clone() };
                self.own(front.healthmonitor.as_deref(), "monitor", what).await?
            }
            (None, None) => return Ok(Standing::Ready),
        };
        let standing = unready(&monitor);
        front.healthmonitor = Some(monitor.id);
        Ok(standing.unwrap_or(Standing::Ready))
    }

    /// A part of our own: the one that is known, the one that was made before, or a new one.
    async fn own(&mut self, known: Option<&str>, role: &str, what: Blueprint) -> Result<Part, BalancerError> {
        let kind = what.kind();
        if let Some(id) = known
            && let Some(part) = present(self.balancer, &PartRef::of(kind, id)).await?
        {
            return Ok(part);
        }
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => list_parts(self.balancer, PartFilter::Origin(self.origin)).await?,
        };
        let found = oldest(&listed, kind, what.within()).cloned();
        self.listed = Some(listed);
        // A list may show what is gone meanwhile.
        if let Some(found) = found
            && let Some(part) = present(self.balancer, &found.reference()).await?
        {
            return Ok(part);
        }
        let name = format!("senlin-{role}-{}", self.wanted.name);
        self.balancer.create(&PartRequest { name, origin: self.origin.clone(), what }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_domain::time::Timestamp;

    fn part(id: &str, created_at: i64, state: PartState, within: Option<&str>) -> Part {
        Part {
            kind: PartKind::Pool,
            id: id.to_owned(),
            name: "n".to_owned(),
            within: within.map(str::to_owned),
            state,
            origin: None,
            address: None,
            instance: None,
            created_at: Timestamp::from_micros(created_at),
        }
    }

    #[test]
    fn the_oldest_and_then_the_smallest_id_in_the_same_place_is_taken() {
        let mut parts = vec![
            part("d", 5, PartState::Active, Some("b")),
            part("c", 3, PartState::Pending, Some("b")),
            part("b", 3, PartState::Active, Some("b")),
            part("a", 1, PartState::Active, Some("elsewhere")),
            part("e", 1, PartState::Deleting, Some("b")),
        ];
        let taken = |parts: &[Part]| oldest(parts, PartKind::Pool, Some("b")).map(|part| part.id.clone());
        assert_eq!(taken(&parts).as_deref(), Some("b"));
        parts.reverse();
        assert_eq!(taken(&parts).as_deref(), Some("b"));
        assert_eq!(oldest(&parts, PartKind::Listener, Some("b")), None);
        assert_eq!(oldest(&parts, PartKind::Pool, None), None);
    }

    #[test]
    fn what_failed_says_why() {
        let failed = |message: &str| {
            let state = PartState::Error { message: message.to_owned() };
            unready(&part("p", 1, state, None))
        };
        assert_eq!(failed("No host."), Some(Standing::Failed { message: "No host.".to_owned() }));
        let message = "The pool 'p' is in error.".to_owned();
        assert_eq!(failed(""), Some(Standing::Failed { message }));
        assert_eq!(unready(&part("p", 1, PartState::Active, None)), None);
    }
}
