//! Putting the parts together, as configured.

use crate::adapters::{RandomIds, SystemClock};
use crate::aws::Aws;
use crate::config::{Config, ConfigError};
use crate::mailboxes::SqsMailboxes;
use crate::queue::SqsDoorbell;
use coppice_compute::simulated::{DynamoStore, Simulated};
use coppice_domain::ids::IdSource;
use coppice_engine::{Env, Worker};
use coppice_store::Store;
use std::sync::Arc;

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
    /// An API function needs an identity provider.
    #[error("the environment variable COPPICE_IDENTITY is not set: it names who validates tokens")]
    NoIdentity,
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
    let compute = Simulated::new(config.simulated.clone(), instances, clock.clone())?;
    Ok(Env {
        store: Store::new(aws.dynamodb.clone(), config.table.clone()).keeping(config.settings.retention),
        compute: Arc::new(compute),
        doorbell: Arc::new(SqsDoorbell::new(aws.sqs.clone(), config.queue_url.clone())),
        mailboxes: Arc::new(SqsMailboxes::new(aws.sqs.clone())),
        clock,
        ids: Arc::new(RandomIds),
        settings: Arc::new(config.settings.clone()),
    })
}

/// A worker with a name of its own.
#[must_use]
pub fn worker(env: Env) -> Worker {
    Worker { env, id: RandomIds.uuid() }
}
