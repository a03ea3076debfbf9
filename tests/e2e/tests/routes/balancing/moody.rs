//! A load balancing service that says what it was asked for, and some of whose calls do not work.

use super::*;
use async_trait::async_trait;
use coppice_compute::balancer::{Balancer, BalancerError, Blueprint, PartPage, PartRef, PartRequest};
use coppice_compute::{Deletion, PageMark};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A service of which some calls do not work.
#[derive(Default)]
pub(super) struct Mood {
    /// Kinds that cannot be made.
    pub(super) unmade: Vec<PartKind>,
    /// Kinds that cannot be deleted.
    pub(super) stays: Vec<PartKind>,
    /// Deletions that are let through before they cannot be done.
    pub(super) lets: AtomicUsize,
    /// Whether each first call of its kind loses its answer.
    pub(super) forgetful: bool,
    /// The monitors that were asked for.
    pub(super) monitors: Arc<Mutex<Vec<Value>>>,
}

struct Moody {
    inner: Arc<dyn Balancer>,
    mood: Mood,
    heard: Mutex<HashSet<String>>,
}

impl Moody {
    fn forgets(&self, what: String) -> bool {
        self.mood.forgetful && self.heard.lock().unwrap().insert(what)
    }
}

fn denied() -> BalancerError {
    BalancerError::Denied("You may not.".to_owned())
}

fn silence() -> BalancerError {
    BalancerError::Transient("No answer.".to_owned())
}

#[async_trait]
impl Balancer for Moody {
    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn create(&self, request: &PartRequest) -> Result<Part, BalancerError> {
        if self.mood.unmade.contains(&request.what.kind()) {
            return Err(denied());
        }
        if let Blueprint::Monitor { monitor, .. } = &request.what {
            self.mood.monitors.lock().unwrap().push(Value::Object(monitor.clone()));
        }
        let made = self.inner.create(request).await?;
        if self.forgets(format!("{:?} {}", made.kind, made.name)) { Err(silence()) } else { Ok(made) }
    }

    async fn get(&self, part: &PartRef) -> Result<Option<Part>, BalancerError> {
        self.inner.get(part).await
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Part>, BalancerError> {
        self.inner.find(name_or_id).await
    }

    async fn list(
        &self,
        filter: PartFilter<'_>,
        after: Option<&PageMark>,
    ) -> Result<PartPage, BalancerError> {
        self.inner.list(filter, after).await
    }

    async fn delete(&self, part: &PartRef) -> Result<Deletion, BalancerError> {
        if self.mood.stays.contains(&part.kind) {
            let left =
                self.mood.lets.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if left.is_err() {
                return Err(denied());
            }
        }
        let gone = self.inner.delete(part).await?;
        if self.forgets(format!("{:?} {}", part.kind, part.id)) { Err(silence()) } else { Ok(gone) }
    }
}

/// From now on the worker meets the service in this mood.
pub(super) fn meets(app: &mut TestApp, mood: Mood) {
    let inner = Arc::clone(&app.system.env.balancer);
    app.system.worker.env.balancer = Arc::new(Moody { inner, mood, heard: Mutex::default() });
}

pub(super) fn unkind(unmade: &[PartKind], stays: &[PartKind]) -> Mood {
    Mood { unmade: unmade.to_vec(), stays: stays.to_vec(), ..Mood::default() }
}
