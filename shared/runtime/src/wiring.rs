//! Putting the parts together, as configured.

use crate::adapters::{RandomIds, SystemClock};
use crate::aws::Aws;
use crate::config::{Config, ConfigError};
use crate::mailboxes::SqsMailboxes;
use crate::queue::SqsDoorbell;
use async_trait::async_trait;
use coppice_compute::Compute;
use coppice_compute::balancer::Balancer;
use coppice_compute::health::{AddressRule, BadRange, HttpProber, Probe, Prober};
use coppice_compute::simulated::balancer::SimulatedBalancer;
use coppice_compute::simulated::{DynamoStore, Simulated};
use coppice_domain::health::PollFailure;
use coppice_domain::ids::IdSource;
use coppice_engine::{Env, Worker};
use coppice_store::Store;
use std::sync::{Arc, OnceLock};

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its environment does not say what it needs to know.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The identity provider's settings cannot be used.
    #[error(transparent)]
    Identity(#[from] coppice_api::identity::ConfigError),
    /// The backend's settings cannot be used.
    #[error(transparent)]
    Compute(#[from] coppice_compute::simulated::ConfigError),
    /// Where probes may go is not said in addresses.
    #[error("the environment variable COPPICE_PROBES cannot be used: {0}")]
    Probes(#[from] BadRange),
    /// An API function needs an identity provider.
    #[error("the environment variable COPPICE_IDENTITY is not set: it names who validates tokens")]
    NoIdentity,
    /// Events are announced on a bus.
    #[error(
        "the environment variable COPPICE_EVENT_BUS is not set: it names the bus that events are announced on"
    )]
    NoBus,
    /// The Lambda runtime stopped.
    #[error("the Lambda runtime stopped: {0}")]
    Lambda(String),
}

/// What the API functions and the engine share.
///
/// # Errors
/// When the backend's settings cannot be used.
pub fn env(config: &Config, aws: &Aws) -> Result<Env, Failure> {
    let clock = Arc::new(SystemClock);
    let instances = Arc::new(DynamoStore::new(aws.dynamodb.clone(), config.simulated_table.clone()));
    let compute: Arc<dyn Compute> =
        Arc::new(Simulated::new(config.simulated.clone(), instances, clock.clone())?);
    Ok(Env {
        store: Store::new(aws.dynamodb.clone(), config.table.clone()).keeping(config.settings.retention),
        balancer: balancer(config, aws, compute.clone())?,
        compute,
        doorbell: Arc::new(SqsDoorbell::new(aws.sqs.clone(), config.queue_url.clone())),
        mailboxes: Arc::new(SqsMailboxes::new(aws.sqs.clone())),
        prober: prober(config)?,
        clock,
        ids: Arc::new(RandomIds),
        settings: Arc::new(config.settings.clone()),
    })
}

/// The load balancing service, whose members are `compute`'s instances.
///
/// # Errors
/// When the service's settings cannot be used.
fn balancer(config: &Config, aws: &Aws, compute: Arc<dyn Compute>) -> Result<Arc<dyn Balancer>, Failure> {
    let parts = Arc::new(DynamoStore::new(aws.dynamodb.clone(), config.simulated_table.clone()));
    let settings = config.simulated.balancer.clone();
    Ok(Arc::new(SimulatedBalancer::new(settings, parts, compute, Arc::new(SystemClock))?))
}

/// What fetches users' URLs for health checks: made when the first is fetched, which few functions ever do.
///
/// # Errors
/// When its settings cannot be used.
fn prober(config: &Config) -> Result<Arc<dyn Prober>, Failure> {
    Ok(Arc::new(LazyProber { rule: AddressRule::new(&config.probes)?, made: OnceLock::new() }))
}

/// A prober that is made when it is needed.
struct LazyProber {
    rule: AddressRule,
    made: OnceLock<Result<HttpProber, String>>,
}

#[async_trait]
impl Prober for LazyProber {
    async fn fetch(&self, probe: &Probe) -> Result<String, PollFailure> {
        let made = self.made.get_or_init(|| HttpProber::new(self.rule.clone()));
        match made {
            Ok(prober) => prober.fetch(probe).await,
            // The fault is ours: it says nothing about the node.
            Err(problem) => Err(PollFailure::Forbidden { host: probe.url.clone(), problem: problem.clone() }),
        }
    }
}

/// A worker with a name of its own.
#[must_use]
pub fn worker(env: Env) -> Worker {
    Worker { env, id: RandomIds.uuid() }
}
