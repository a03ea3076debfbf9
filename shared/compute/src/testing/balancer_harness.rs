//! The simulated load balancing service under the contract suite, on any store and in any mood.

use super::{ManualClock, request};
use crate::balancer::Balancer;
use crate::balancer::contract::{BalancerHarness, BalancerSituation, Given};
use crate::compute::Compute;
use crate::simulated::balancer::{
    BalancerConfig, ExistingBalancer, FAILING_ZONE, PartStore, SimulatedBalancer,
};
use crate::simulated::{MemoryStore, Simulated, SimulatedConfig};
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ClusterId;
use coppice_domain::time::{Clock, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

type NewStore = Box<dyn Fn() -> Arc<dyn PartStore> + Send + Sync>;

/// Runs the contract suite against simulated load balancing services of one mood.
pub struct SimulatedBalancerHarness {
    config: BalancerConfig,
    store: NewStore,
    compute: Arc<Simulated>,
    clock: ManualClock,
    made: AtomicU64,
}

impl SimulatedBalancerHarness {
    /// Services of this configuration, each on an empty store of its own.
    ///
    /// # Panics
    /// Never: the backend whose instances are members is perfect.
    pub fn new(
        config: BalancerConfig,
        store: impl Fn() -> Arc<dyn PartStore> + Send + Sync + 'static,
    ) -> Self {
        let clock = ManualClock::default();
        let instances = Arc::new(MemoryStore::default());
        let compute = Simulated::new(SimulatedConfig::default(), instances, Arc::new(clock.clone()));
        let compute = Arc::new(compute.expect("the default configuration is valid"));
        Self { config, store: Box::new(store), compute, clock, made: AtomicU64::new(0) }
    }

    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::SeqCst)
    }
}

/// The properties of a policy that wants it all, resolved.
#[must_use]
pub fn balancing_properties() -> JsonMap {
    let properties = json!({
        "pool": {
            "protocol": "HTTP", "protocol_port": 80, "subnet": "private", "lb_method": "ROUND_ROBIN",
            "admin_state_up": true, "session_persistence": {}
        },
        "vip": {
            "subnet": "public", "connection_limit": -1, "protocol": "HTTP", "protocol_port": 80,
            "admin_state_up": true
        },
        "health_monitor": {
            "type": "HTTP", "delay": 10, "timeout": 5, "max_retries": 3, "admin_state_up": true
        },
        "lb_status_timeout": 300
    });
    properties.as_object().cloned().unwrap_or_default()
}

#[async_trait]
impl BalancerHarness for SimulatedBalancerHarness {
    async fn balancer(&self, situation: BalancerSituation) -> Option<Arc<dyn Balancer>> {
        let mut config = self.config.clone();
        match situation {
            BalancerSituation::Roomy => {}
            BalancerSituation::Quota(max) => config.quota = Some(max),
            BalancerSituation::Throttling => config.throttle_rate = 1.0,
        }
        let given = self.given()?;
        config.existing.push(ExistingBalancer { id: given.id, name: given.name, pools: vec![given.pool] });
        let clock = Arc::new(self.clock.clone());
        let compute: Arc<dyn Compute> = self.compute.clone();
        let service = SimulatedBalancer::new(config, (self.store)(), compute, clock);
        Some(Arc::new(service.expect("the harness was given a valid configuration")))
    }

    fn properties(&self) -> JsonMap {
        balancing_properties()
    }

    fn properties_that_fail(&self) -> Option<JsonMap> {
        let mut properties = balancing_properties();
        let zone = Value::String(format!("{FAILING_ZONE}error"));
        properties.insert("availability_zone".to_owned(), zone);
        Some(properties)
    }

    fn given(&self) -> Option<Given> {
        let id = |number| Uuid::from_u128(number).to_string();
        Some(Given { name: "a user's own".to_owned(), id: id(1), pool: id(2) })
    }

    async fn instance(&self) -> String {
        let made = self.compute.create(&request(u128::from(self.next()), 0)).await;
        made.expect("a perfect backend creates").id
    }

    fn cluster(&self) -> ClusterId {
        ClusterId::new(Uuid::from_u128(u128::from(self.next())))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }
}
