//! The simulated backend under the contract suite, on any store and in any mood.

use super::ManualClock;
use crate::compute::Compute;
use crate::contract::{Harness, Situation};
use crate::simulated::{InstanceStore, Limited, Simulated, SimulatedConfig, keys};
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ActionId;
use coppice_domain::time::{Clock, Timestamp};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

type NewStore = Box<dyn Fn() -> Arc<dyn InstanceStore> + Send + Sync>;

/// Runs the contract suite against simulated backends of one mood.
pub struct SimulatedHarness {
    config: SimulatedConfig,
    store: NewStore,
    clock: ManualClock,
    actions: AtomicU64,
}

impl SimulatedHarness {
    /// Backends of this configuration, each on an empty store of its own.
    pub fn new(
        config: SimulatedConfig,
        store: impl Fn() -> Arc<dyn InstanceStore> + Send + Sync + 'static,
    ) -> Self {
        Self { config, store: Box::new(store), clock: ManualClock::default(), actions: AtomicU64::new(0) }
    }
}

#[async_trait]
impl Harness for SimulatedHarness {
    async fn backend(&self, situation: Situation) -> Option<Arc<dyn Compute>> {
        let mut config = self.config.clone();
        match situation {
            Situation::Roomy => {}
            Situation::Capacity(max) => {
                config.capacity = Some(Limited { max, ..config.capacity.unwrap_or(Limited::refusing(max)) });
            }
            Situation::Quota(max) => {
                config.quota = Some(Limited { max, ..config.quota.unwrap_or(Limited::refusing(max)) });
            }
            Situation::Throttling => config.throttle_rate = 1.0,
        }
        if !matches!(situation, Situation::Capacity(_)) {
            config.capacity = None;
        }
        if !matches!(situation, Situation::Quota(_)) {
            config.quota = None;
        }
        let backend = Simulated::new(config, (self.store)(), Arc::new(self.clock.clone()));
        Some(Arc::new(backend.expect("the harness was given a valid configuration")))
    }

    fn spec(&self) -> JsonMap {
        JsonMap::new()
    }

    fn metadata_that_fails(&self) -> Option<JsonMap> {
        Some(JsonMap::from_iter([(keys::FAIL.to_owned(), json!("error"))]))
    }

    fn action(&self) -> ActionId {
        ActionId::new(Uuid::from_u128(u128::from(self.actions.fetch_add(1, Ordering::SeqCst))))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }
}
