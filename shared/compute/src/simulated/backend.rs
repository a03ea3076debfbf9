//! The simulated backend itself.

use super::behaviour::{Behaviour, Failure, NO_VALID_HOST, quota_text};
use super::chance::{happens, instance_id, is_instance_id};
use super::change::changed;
use super::config::{ConfigError, Limited, Settings, SimulatedConfig, WhenFull};
use super::describe::describe;
use super::details::details;
use super::record::Record;
use super::store::{Insertion, InstanceStore, Limit, StoreFailure};
use crate::change::{Change, Progress};
use crate::compute::{Compute, Deletion, Idempotency};
use crate::error::ComputeError;
use crate::instance::{Instance, InstanceState};
use crate::listing::{Filter, MAX_IDS, Page, PageMark};
use crate::request::{CreateRequest, Tags};
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use coppice_domain::time::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A cloud made of records. Several, in several processes, may share one store.
pub struct Simulated {
    settings: Settings,
    store: Arc<dyn InstanceStore>,
    clock: Arc<dyn Clock>,
    /// Calls so far: lets chance decide anew for a repeated call, even at the same moment.
    calls: AtomicU64,
}

/// What every project shares; the scopes of other counts of room on hosts begin so, and no others.
const CAPACITY: &str = "capacity";

/// What is counted for the capacity that an instance's metadata sets: instances of its cluster, or of no cluster
/// in its project.
fn own_scope(tags: &Tags) -> String {
    match tags.cluster {
        Some(cluster) => format!("{CAPACITY}#{cluster}"),
        None => format!("{CAPACITY}#project#{}", tags.project),
    }
}

/// How often a write is tried against concurrent ones before the call counts as throttled.
pub(super) const TRIES: u64 = 32;
/// How many gone instances one full creation settles to make room, at most.
const SETTLED_AT_ONCE: u16 = 25;

impl Simulated {
    /// A backend that behaves as configured.
    ///
    /// # Errors
    /// When a setting is out of bounds.
    pub fn new(
        config: SimulatedConfig,
        store: Arc<dyn InstanceStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        Ok(Self { settings: config.try_into()?, store, clock, calls: AtomicU64::new(0) })
    }

    /// The time whose state reads of a record show.
    fn seen(&self, record: &Record) -> Timestamp {
        self.clock.now().minus(record.staleness.unwrap_or(self.settings.staleness))
    }

    /// Counts a call, and refuses it if chance has it throttled.
    fn admit(&self, operation: &str, subject: &str) -> Result<u64, ComputeError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let moment = self.clock.now().micros().to_string();
        let question = ["throttle", operation, subject, &moment, &call.to_string()];
        if happens(self.settings.throttle_rate, self.settings.seed, &question) {
            return Err(ComputeError::Throttled { retry_after: Some(Duration::from_secs(1)) });
        }
        Ok(call)
    }

    /// The limits that a new record counts towards, `own` being that of its metadata.
    fn limits(&self, record: &Record, own: Option<u64>) -> Vec<(Limit, Limited)> {
        let quota = self.settings.quota.map(|limited| (format!("project#{}", record.tags.project), limited));
        // An instance that finds no host takes no room on one, but counts towards the quota.
        let hosted = record.error.is_none();
        let capacity = self.settings.capacity.filter(|_| hosted);
        let capacity = capacity.map(|limited| (CAPACITY.to_owned(), limited));
        let own = own.filter(|_| hosted).map(|max| (own_scope(&record.tags), Limited::refusing(max)));
        quota
            .into_iter()
            .chain(capacity)
            .chain(own)
            .map(|(scope, limited)| (Limit { scope, max: limited.max }, limited))
            .collect()
    }

    /// Stores a new record within its limits. None if it is stored, else the record that has its id.
    async fn place(&self, record: &mut Record, own: Option<u64>) -> Result<Option<Record>, ComputeError> {
        let mut limits = self.limits(record, own);
        let mut settled = false;
        loop {
            let counted: Vec<Limit> = limits.iter().map(|(limit, _)| limit.clone()).collect();
            record.holds = counted.iter().map(|limit| limit.scope.clone()).collect();
            match self.store.insert(record, &counted).await.map_err(failed)? {
                Insertion::Done => return Ok(None),
                Insertion::Exists(existing) => return Ok(Some(*existing)),
                Insertion::Full { .. } if !settled => {
                    settled = true;
                    self.settle_gone().await?;
                }
                Insertion::Full { scope } => {
                    let Some(place) = limits.iter().position(|(limit, _)| limit.scope == scope) else {
                        return Err(ComputeError::Invalid(format!("No limit has the scope '{scope}'.")));
                    };
                    let (_, limited) = limits.swap_remove(place);
                    let refusal = if scope.starts_with(CAPACITY) {
                        ComputeError::Capacity(NO_VALID_HOST.to_owned())
                    } else {
                        ComputeError::Quota(quota_text(limited.max))
                    };
                    match limited.when_full {
                        WhenFull::Refuse => return Err(refusal),
                        WhenFull::AcceptThenError => {
                            record.error = Some(refusal.to_string());
                            limits.retain(|(limit, _)| !limit.scope.starts_with(CAPACITY));
                        }
                    }
                }
            }
        }
    }

    /// One record and the state that reads show of it; none if they show no such instance.
    async fn shown(
        &self,
        operation: &str,
        id: &str,
    ) -> Result<Option<(Record, InstanceState)>, ComputeError> {
        self.admit(operation, id)?;
        if !is_instance_id(id) {
            return Ok(None);
        }
        let record = self.store.get(id).await.map_err(failed)?;
        Ok(record.and_then(|record| record.state_at(self.seen(&record)).map(|state| (record, state))))
    }

    /// Frees what instances hold that are gone but were not deleted again since.
    async fn settle_gone(&self) -> Result<(), ComputeError> {
        // Of an instance that is seen later than all others, the turn comes later too.
        let longest = self.clock.now().minus(self.settings.staleness_limit);
        for was in self.store.unsettled(longest, SETTLED_AT_ONCE).await.map_err(failed)? {
            let mut now = was.clone().settling();
            now.version += 1;
            self.store.replace(&was, &now).await.map_err(failed)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Compute for Simulated {
    fn idempotency(&self) -> Idempotency {
        if self.settings.tokens { Idempotency::Token } else { Idempotency::LookUpFirst }
    }

    fn staleness(&self) -> Duration {
        self.settings.staleness_limit + self.store.lag()
    }

    async fn create(&self, request: &CreateRequest) -> Result<Instance, ComputeError> {
        let token = request.tags.token.as_str();
        let call = self.admit("create", token)?;
        let behaviour = Behaviour::of(&self.settings, request)?;
        let failure = behaviour.failure;
        match failure {
            Some(Failure::Capacity) => return Err(ComputeError::Capacity(NO_VALID_HOST.to_owned())),
            Some(Failure::Quota) => return Err(ComputeError::Quota(quota_text(0))),
            Some(Failure::Invalid) => {
                return Err(ComputeError::Invalid("The profile asks for an invalid instance.".to_owned()));
            }
            Some(Failure::Error | Failure::AnswerLost) | None => {}
        }
        let now = self.clock.now();
        for ordinal in 0..TRIES {
            let id = instance_id(self.settings.seed, token, ordinal);
            let fails = failure == Some(Failure::Error)
                || happens(behaviour.fail_rate, self.settings.seed, &["fail", &id]);
            let mut record = Record::accepted(id, call, request, now, behaviour.build, behaviour.delete);
            record.error = fails.then(|| NO_VALID_HOST.to_owned());
            record.change = behaviour.change;
            record.staleness = behaviour.staleness;
            let (stored, repeated) = match self.place(&mut record, behaviour.capacity).await? {
                None => (record, false),
                Some(existing) if existing == record => (record, false),
                Some(_) if !self.settings.tokens => continue,
                Some(existing) => (existing, true),
            };
            if failure == Some(Failure::AnswerLost) && !repeated {
                return Err(ComputeError::Transient(
                    "The compute backend did not answer in time.".to_owned(),
                ));
            }
            return stored.instance_at(now).ok_or(ComputeError::TokenSpent { id: stored.id });
        }
        Err(ComputeError::Throttled { retry_after: None })
    }

    async fn get(&self, id: &str) -> Result<Option<Instance>, ComputeError> {
        let shown = self.shown("get", id).await?;
        Ok(shown.map(|(record, state)| record.instance_in(state)))
    }

    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<Page, ComputeError> {
        self.admit("list", "")?;
        if let Filter::Ids(ids) = filter
            && ids.len() > MAX_IDS
        {
            let text = format!("A list of {} ids was asked for; ask for at most {MAX_IDS}.", ids.len());
            return Err(ComputeError::Invalid(text));
        }
        let page = self.store.list(filter, after).await.map_err(failed)?;
        let shown = |record: &Record| record.instance_at(self.seen(record));
        let instances = page.records.iter().filter_map(shown).collect();
        Ok(Page { instances, next: page.next })
    }

    async fn delete(&self, id: &str) -> Result<Deletion, ComputeError> {
        self.admit("delete", id)?;
        if !is_instance_id(id) {
            return Ok(Deletion::Gone);
        }
        for _ in 0..TRIES {
            let Some(was) = self.store.get(id).await.map_err(failed)? else { return Ok(Deletion::Gone) };
            let mut now = was.clone().departing(self.clock.now());
            if !now.settled && now.gone_at(self.seen(&now)) {
                now = now.settling();
            }
            let deletion = if now.gone_at(self.clock.now()) { Deletion::Gone } else { Deletion::Underway };
            if now == was {
                return Ok(deletion);
            }
            now.version += 1;
            if self.store.replace(&was, &now).await.map_err(failed)? {
                return Ok(deletion);
            }
        }
        Err(ComputeError::Throttled { retry_after: None })
    }

    async fn change(&self, id: &str, change: &Change) -> Result<Progress, ComputeError> {
        self.admit("change", id)?;
        if !is_instance_id(id) {
            return Ok(Progress::Gone);
        }
        for _ in 0..TRIES {
            let now = self.clock.now();
            let Some(was) = self.store.get(id).await.map_err(failed)? else { return Ok(Progress::Gone) };
            if was.departure.is_some() {
                return Ok(Progress::Gone);
            }
            let (mut after, progress) = changed(&was, change, now)?;
            if after == was {
                return Ok(progress);
            }
            after.version += 1;
            if self.store.replace(&was, &after).await.map_err(failed)? {
                return Ok(progress);
            }
        }
        Err(ComputeError::Throttled { retry_after: None })
    }

    async fn details(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        let shown = self.shown("details", id).await?;
        Ok(shown.map(|(record, state)| details(&record, &state)))
    }

    async fn describe(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        let shown = self.shown("describe", id).await?;
        Ok(shown.map(|(record, _)| describe(&record)))
    }
}

fn failed(failure: StoreFailure) -> ComputeError {
    match failure {
        StoreFailure::Busy(_) => ComputeError::Throttled { retry_after: None },
        StoreFailure::Mark(_) => ComputeError::Invalid(failure.to_string()),
        StoreFailure::Unavailable(cause) => {
            tracing::warn!(%cause, "the simulated backend's store did not answer");
            ComputeError::Transient("The compute backend did not answer.".to_owned())
        }
        StoreFailure::Corrupt(cause) => {
            tracing::error!(%cause, "the simulated backend's store cannot be used");
            ComputeError::Invalid("The compute backend's records cannot be used.".to_owned())
        }
    }
}
