//! The simulated service itself.

use super::super::backend::TRIES;
use super::super::behaviour::Failure;
use super::super::chance::happens;
use super::super::config::ConfigError;
use super::super::record::Departure;
use super::super::store::StoreFailure;
use super::config::{BalancerConfig, ExistingBalancer, Settings};
use super::creation::{FAILED, failure, record};
use super::store::{PartStore, Shelf};
use crate::balancer::{
    Balancer, BalancerError, Part, PartFilter, PartKind, PartPage, PartRef, PartRequest, PartState,
};
use crate::compute::{Compute, Deletion};
use crate::listing::PageMark;
use async_trait::async_trait;
use coppice_domain::time::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A load balancing service made of records. Several, in several processes, may share one store.
pub struct SimulatedBalancer {
    pub(super) settings: Settings,
    pub(super) store: Arc<dyn PartStore>,
    pub(super) compute: Arc<dyn Compute>,
    pub(super) clock: Arc<dyn Clock>,
    calls: AtomicU64,
}

impl SimulatedBalancer {
    /// A service that behaves as configured, and finds the addresses of `compute`'s instances.
    ///
    /// # Errors
    /// When a setting is out of bounds.
    pub fn new(
        config: BalancerConfig,
        store: Arc<dyn PartStore>,
        compute: Arc<dyn Compute>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        Ok(Self { settings: config.try_into()?, store, compute, clock, calls: AtomicU64::new(0) })
    }

    /// Counts a call, and refuses it if chance has it throttled.
    fn admit(&self, operation: &str, subject: &str) -> Result<u64, BalancerError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let moment = self.clock.now().micros().to_string();
        let question = ["throttle", operation, subject, &moment, &call.to_string()];
        if happens(self.settings.throttle_rate, self.settings.seed, &question) {
            return Err(BalancerError::Throttled { retry_after: Some(Duration::from_secs(1)) });
        }
        Ok(call)
    }
}

#[async_trait]
impl Balancer for SimulatedBalancer {
    fn staleness(&self) -> Duration {
        self.settings.staleness + self.store.lag()
    }

    async fn create(&self, request: &PartRequest) -> Result<Part, BalancerError> {
        let call = self.admit("create", &request.name)?;
        let failure = failure(request)?;
        self.check_quota(request).await?;
        let balancer = self.place(&request.what).await?;
        let now = self.clock.now();
        if let Some(id) = &balancer {
            self.engage(id, now, self.settings.change).await?;
        }
        for ordinal in 0..TRIES {
            let mut record = record(&self.settings, request, balancer.as_deref(), (call, ordinal), now);
            if failure == Some(Failure::Error) {
                record.error = Some(FAILED.to_owned());
            }
            // The same record is there when the network layer has sent it twice.
            let existing = self.store.insert(&record).await.map_err(failed)?;
            if existing.is_some_and(|existing| existing != record) {
                continue;
            }
            if failure == Some(Failure::AnswerLost) {
                return Err(silence());
            }
            return record.part_at(now).ok_or_else(silence);
        }
        Err(BalancerError::Throttled { retry_after: None })
    }

    async fn get(&self, part: &PartRef) -> Result<Option<Part>, BalancerError> {
        self.admit("get", &part.id)?;
        let found = self.there(part.kind, &part.id).await?;
        Ok(found.map(|(_, found)| found).filter(|found| part.within.is_none() || found.within == part.within))
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Part>, BalancerError> {
        self.admit("find", name_or_id)?;
        let named = |each: &&ExistingBalancer| each.name == name_or_id;
        let by_name = self.settings.existing.iter().filter(named).map(|each| each.id.as_str());
        for id in std::iter::once(name_or_id).chain(by_name) {
            if let Some((_, part)) = self.there(PartKind::Balancer, id).await? {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    async fn list(
        &self,
        filter: PartFilter<'_>,
        after: Option<&PageMark>,
    ) -> Result<PartPage, BalancerError> {
        self.admit("list", "")?;
        let shelf = match filter {
            PartFilter::Origin(origin) => Shelf::Origin(origin.clone()),
            PartFilter::Members(pool) => Shelf::Within(pool.to_owned()),
            PartFilter::Member { pool, instance } => {
                Shelf::Instance { pool: pool.to_owned(), instance: instance.to_owned() }
            }
            PartFilter::Deployment { name, from, before } => {
                Shelf::Deployment { name: name.to_owned(), from, before }
            }
        };
        let page = self.store.list(&shelf, after).await.map_err(failed)?;
        let mut records = page.records;
        if let PartFilter::Members(_) = filter {
            records.retain(|record| record.kind == PartKind::Member);
        }
        let parts = self.shown(records, self.clock.now().minus(self.settings.staleness)).await?;
        Ok(PartPage { parts, next: page.next })
    }

    async fn delete(&self, part: &PartRef) -> Result<Deletion, BalancerError> {
        self.admit("delete", &part.id)?;
        let now = self.clock.now();
        let Some(record) = self.record(&part.id).await?.filter(|record| record.kind == part.kind) else {
            return Ok(Deletion::Gone);
        };
        if record.origin.is_none() {
            let (kind, id) = (record.kind.name(), &record.id);
            return Err(BalancerError::Denied(format!("The {kind} '{id}' was not made by this service.")));
        }
        let departure = if let Some(departure) = record.departure {
            departure
        } else {
            match self
                .shown(vec![record.clone()], now)
                .await?
                .pop()
                .map(|shown| (shown.state, &record.balancer))
            {
                None => return Ok(Deletion::Gone),
                Some((PartState::Pending, None)) => return Err(BalancerError::Busy),
                Some((_, None)) => {}
                Some((_, Some(balancer))) => self.engage(balancer, now, self.settings.delete).await?,
            }
            let departure = Departure { accepted_at: now, gone_at: now.plus(self.settings.delete) };
            self.depart(&record.id, departure).await?
        };
        let complete = self.take_along(&record.id, departure).await?;
        Ok(if complete && departure.gone_at <= now { Deletion::Gone } else { Deletion::Underway })
    }
}

fn silence() -> BalancerError {
    BalancerError::Transient("The load balancing service did not answer in time.".to_owned())
}

pub(super) fn failed(failure: StoreFailure) -> BalancerError {
    match failure {
        StoreFailure::Busy(_) => BalancerError::Throttled { retry_after: None },
        StoreFailure::Mark(_) => BalancerError::Invalid(failure.to_string()),
        StoreFailure::Unavailable(cause) => {
            tracing::warn!(%cause, "the simulated load balancing service's store did not answer");
            silence()
        }
        StoreFailure::Corrupt(cause) => {
            tracing::error!(%cause, "the simulated load balancing service's store cannot be used");
            BalancerError::Invalid("The load balancing service's records cannot be used.".to_owned())
        }
    }
}
