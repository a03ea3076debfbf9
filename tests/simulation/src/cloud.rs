//! The backend behind the gate.

use crate::gate::{Class, Fate, Gate};
use crate::table::Table;
use async_trait::async_trait;
use coppice_compute::health::{Probe, Prober};
use coppice_compute::simulated::{InstanceStore, MemoryStore, Record};
use coppice_compute::{
    Change, Compute, ComputeError, CreateRequest, Deletion, Filter, Idempotency, Instance, Page, PageMark,
    Progress,
};
use coppice_domain::cluster::JsonMap;
use coppice_domain::health::PollFailure;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The simulated backend, every call of which passes the gate. Clones are the same backend.
#[derive(Clone)]
pub(crate) struct Cloud {
    gate: Gate,
    table: Table,
    inner: Arc<dyn Compute>,
    /// What the backend keeps.
    instances: Arc<MemoryStore>,
    late: Arc<Mutex<Vec<CreateRequest>>>,
}

impl Cloud {
    pub(crate) fn new(
        gate: Gate,
        table: Table,
        inner: Arc<dyn Compute>,
        instances: Arc<MemoryStore>,
    ) -> Self {
        Self { gate, table, inner, instances, late: Arc::default() }
    }

    /// Makes an instance that nobody asked this service for, past the gate, and says which; it runs at once.
    pub(crate) async fn found(&self, request: &CreateRequest) -> Option<String> {
        let made = self.inner.create(request).await.ok()?;
        let was = self.instances.get(&made.id).await.ok().flatten()?;
        let runs = Record { version: was.version + 1, ready_at: was.created_at, error: None, ..was.clone() };
        let _ = self.instances.replace(&was, &runs).await;
        Some(made.id)
    }

    /// Creations whose answer was lost and that take effect later.
    pub(crate) fn take_late(&self) -> Vec<CreateRequest> {
        std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets a creation take effect now.
    pub(crate) async fn perform_create(&self, request: &CreateRequest) -> Result<Instance, ComputeError> {
        {
            let mut state = self.table.state();
            let crate::table::State { watch, history, .. } = &mut *state;
            watch.creating(history, request);
        }
        let outcome = self.inner.create(request).await;
        self.table.catch_up();
        outcome
    }

    async fn perform_delete(&self, id: &str) -> Result<Deletion, ComputeError> {
        {
            let mut state = self.table.state();
            let crate::table::State { watch, history, .. } = &mut *state;
            watch.deleting(history, id);
        }
        self.inner.delete(id).await
    }

    /// A call that is made when it is let through, and as often as its fate says.
    async fn plain<T: Send, F: Future<Output = Result<T, ComputeError>> + Send>(
        &self,
        class: Class,
        label: String,
        effect: impl Fn() -> F + Send + Sync,
        late: Option<&CreateRequest>,
    ) -> Result<T, ComputeError> {
        match self.gate.arrive(class, label).await {
            Fate::Done | Fate::Lagging(_) => effect().await,
            Fate::Twice => {
                let _ = effect().await;
                effect().await
            }
            Fate::Unsent => Err(silence()),
            Fate::Late => {
                self.late.lock().unwrap_or_else(PoisonError::into_inner).extend(late.cloned());
                Err(silence())
            }
            Fate::AnswerLost => {
                effect().await?;
                Err(silence())
            }
            Fate::Throttled | Fate::Conflict => Err(ComputeError::Throttled { retry_after: None }),
            Fate::LastWords => {
                let _ = effect().await;
                std::future::pending().await
            }
        }
    }
}

fn silence() -> ComputeError {
    ComputeError::Transient("The compute backend did not answer.".to_owned())
}

fn short(text: &str) -> &str {
    text.get(..8).unwrap_or(text)
}

#[async_trait]
impl Compute for Cloud {
    fn idempotency(&self) -> Idempotency {
        self.inner.idempotency()
    }

    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn create(&self, request: &CreateRequest) -> Result<Instance, ComputeError> {
        let label = format!("create instance for node {}", short(&request.tags.node.to_string()));
        self.plain(Class::CloudWrite, label, || self.perform_create(request), Some(request)).await
    }

    async fn get(&self, id: &str) -> Result<Option<Instance>, ComputeError> {
        self.plain(Class::CloudRead, format!("get instance {}", short(id)), || self.inner.get(id), None).await
    }

    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<Page, ComputeError> {
        let label = match filter {
            Filter::Action(action) => format!("list instances of action {}", action.short()),
            Filter::Node(node) => format!("list instances of node {}", node.short()),
            Filter::Ids(_) | Filter::Deployment { .. } => "list instances".to_owned(),
        };
        self.plain(Class::CloudRead, label, || self.inner.list(filter, after), None).await
    }

    async fn delete(&self, id: &str) -> Result<Deletion, ComputeError> {
        let label = format!("delete instance {}", short(id));
        self.plain(Class::CloudWrite, label, || self.perform_delete(id), None).await
    }

    async fn change(&self, id: &str, change: &Change) -> Result<Progress, ComputeError> {
        let label = format!("{} instance {}", change.what.name(), short(id));
        self.plain(Class::CloudWrite, label, || self.inner.change(id, change), None).await
    }

    async fn details(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        let label = format!("details of instance {}", short(id));
        self.plain(Class::CloudRead, label, || self.inner.details(id), None).await
    }

    async fn describe(&self, id: &str) -> Result<Option<JsonMap>, ComputeError> {
        let label = format!("describe instance {}", short(id));
        self.plain(Class::CloudRead, label, || self.inner.describe(id), None).await
    }
}

/// What the instances serve: every URL answers `ok` unless the call goes astray.
#[async_trait]
impl Prober for Cloud {
    async fn fetch(&self, probe: &Probe) -> Result<String, PollFailure> {
        match self.gate.arrive(Class::CloudRead, format!("fetch {}", probe.url)).await {
            Fate::Done | Fate::Lagging(_) | Fate::Twice => Ok("ok".to_owned()),
            Fate::LastWords => std::future::pending().await,
            _ => Err(PollFailure::Unreachable("no answer".to_owned())),
        }
    }
}
