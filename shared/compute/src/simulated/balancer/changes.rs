//! What changes beside the part that is made or deleted.

use super::super::backend::TRIES;
use super::super::record::Departure;
use super::record::{Engaged, PartRecord};
use super::service::{SimulatedBalancer, failed};
use super::store::Shelf;
use crate::balancer::{BalancerError, PartKind, PartRequest, PartState};
use coppice_domain::time::Timestamp;
use std::time::Duration;

/// How many parts one deletion takes along at once, at most.
const TAKEN_ALONG: usize = 100;

impl SimulatedBalancer {
    /// Makes a balancer busy for a span, which must be in use and not be busy yet.
    pub(super) async fn engage(&self, id: &str, now: Timestamp, span: Duration) -> Result<(), BalancerError> {
        for _ in 0..TRIES {
            let was = self.needed(PartKind::Balancer, id).await?;
            if was.state_at(now) != Some(PartState::Active) {
                return Err(BalancerError::Busy);
            }
            if span.is_zero() {
                return Ok(());
            }
            let engaged = Some(Engaged { from: now, until: now.plus(span) });
            let after = PartRecord { version: was.version + 1, engaged, ..was.clone() };
            if self.store.replace(&was, &after).await.map_err(failed)? {
                return Ok(());
            }
        }
        Err(BalancerError::Busy)
    }

    pub(super) async fn check_quota(&self, request: &PartRequest) -> Result<(), BalancerError> {
        let (PartKind::Balancer, Some(quota)) = (request.what.kind(), self.settings.quota) else {
            return Ok(());
        };
        let origin = &request.origin;
        let now = self.clock.now();
        let (from, before) = (Timestamp::from_micros(0), now.plus(Duration::from_micros(1)));
        let shelf = Shelf::Deployment { name: origin.deployment.clone(), from, before };
        let (mut used, mut after) = (0, None);
        loop {
            let page = self.store.list(&shelf, after.as_ref()).await.map_err(failed)?;
            let counts = |record: &&PartRecord| {
                let own = record.origin.as_ref().is_some_and(|own| own.project == origin.project);
                own && record.kind == PartKind::Balancer && !record.gone_at(now)
            };
            used += page.records.iter().filter(counts).count() as u64;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if used < quota {
            return Ok(());
        }
        let text = format!(
            "Quota exceeded for load balancers: Requested 1, but already used {used} of {quota} load balancers"
        );
        Err(BalancerError::Quota(text))
    }

    /// Notes a part's deletion, unless one is noted already; the one that is.
    pub(super) async fn depart(&self, id: &str, departure: Departure) -> Result<Departure, BalancerError> {
        for _ in 0..TRIES {
            let Some(was) = self.store.get(id).await.map_err(failed)? else { return Ok(departure) };
            if let Some(noted) = was.departure {
                return Ok(noted);
            }
            let now = PartRecord { version: was.version + 1, departure: Some(departure), ..was.clone() };
            if self.store.replace(&was, &now).await.map_err(failed)? {
                return Ok(departure);
            }
        }
        Err(BalancerError::Throttled { retry_after: None })
    }

    /// Notes that what is in a part goes along with it; false if there is more of it than goes at once. Nobody
    /// sees any of it by then: this only lets the records expire.
    pub(super) async fn take_along(&self, top: &str, departure: Departure) -> Result<bool, BalancerError> {
        let (mut places, mut noted) = (vec![top.to_owned()], 0);
        while let Some(place) = places.pop() {
            let (shelf, mut after) = (Shelf::Within(place), None);
            loop {
                let page = self.store.list(&shelf, after.as_ref()).await.map_err(failed)?;
                for record in page.records {
                    if record.departure.is_none() {
                        if noted == TAKEN_ALONG {
                            return Ok(false);
                        }
                        noted += 1;
                        self.depart(&record.id, departure).await?;
                    }
                    if record.kind == PartKind::Pool {
                        places.push(record.id);
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(true)
    }
}
