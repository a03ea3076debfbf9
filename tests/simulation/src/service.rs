//! The load balancing service behind the gate.

use crate::gate::{Class, Fate, Gate};
use async_trait::async_trait;
use coppice_compute::balancer::{Balancer, BalancerError, Part, PartFilter, PartPage, PartRef, PartRequest};
use coppice_compute::{Deletion, PageMark};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The simulated service, every call of which passes the gate. Clones are the same service.
#[derive(Clone)]
pub(crate) struct Service {
    gate: Gate,
    inner: Arc<dyn Balancer>,
    late: Arc<Mutex<Vec<PartRequest>>>,
}

impl Service {
    pub(crate) fn new(gate: Gate, inner: Arc<dyn Balancer>) -> Self {
        Self { gate, inner, late: Arc::default() }
    }

    /// Creations whose answer was lost and that take effect later.
    pub(crate) fn take_late(&self) -> Vec<PartRequest> {
        std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets a creation take effect now.
    pub(crate) async fn perform_create(&self, request: &PartRequest) -> Result<Part, BalancerError> {
        self.inner.create(request).await
    }

    /// A call that is made when it is let through, and as often as its fate says.
    async fn plain<T: Send, F: Future<Output = Result<T, BalancerError>> + Send>(
        &self,
        class: Class,
        label: String,
        effect: impl Fn() -> F + Send + Sync,
        late: Option<&PartRequest>,
    ) -> Result<T, BalancerError> {
        match self.gate.arrive(class, label).await {
            Fate::Done | Fate::Lagging(_) => effect().await,
            Fate::Twice => {
                let _ = effect().await;
                effect().await
            }
            Fate::Unsent => Err(silence()),
            Fate::Late => {
                let mut waiting = self.late.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.extend(late.cloned());
                Err(silence())
            }
            Fate::AnswerLost => {
                effect().await?;
                Err(silence())
            }
            Fate::Throttled | Fate::Conflict => Err(BalancerError::Throttled { retry_after: None }),
            Fate::LastWords => {
                let _ = effect().await;
                std::future::pending().await
            }
        }
    }
}

fn silence() -> BalancerError {
    BalancerError::Transient("The load balancing service did not answer.".to_owned())
}

fn short(text: &str) -> &str {
    text.get(..8).unwrap_or(text)
}

#[async_trait]
impl Balancer for Service {
    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    async fn create(&self, request: &PartRequest) -> Result<Part, BalancerError> {
        let label = format!("create {} {}", request.what.kind().name(), request.name);
        self.plain(Class::CloudWrite, label, || self.perform_create(request), Some(request)).await
    }

    async fn get(&self, part: &PartRef) -> Result<Option<Part>, BalancerError> {
        let label = format!("get {} {}", part.kind.name(), short(&part.id));
        self.plain(Class::CloudRead, label, || self.inner.get(part), None).await
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Part>, BalancerError> {
        let label = format!("find load balancer {name_or_id}");
        self.plain(Class::CloudRead, label, || self.inner.find(name_or_id), None).await
    }

    async fn list(
        &self,
        filter: PartFilter<'_>,
        after: Option<&PageMark>,
    ) -> Result<PartPage, BalancerError> {
        let label = match filter {
            PartFilter::Origin(origin) => format!("list parts for cluster {}", origin.cluster.short()),
            PartFilter::Members(pool) => format!("list members of pool {}", short(pool)),
            PartFilter::Member { pool, instance } => {
                format!("list members of pool {} that are {}", short(pool), short(instance))
            }
            PartFilter::Deployment { .. } => "list parts".to_owned(),
        };
        self.plain(Class::CloudRead, label, || self.inner.list(filter, after), None).await
    }

    async fn delete(&self, part: &PartRef) -> Result<Deletion, BalancerError> {
        let label = format!("delete {} {}", part.kind.name(), short(&part.id));
        self.plain(Class::CloudWrite, label, || self.inner.delete(part), None).await
    }
}
