//! The system on its embedded services: what the server serves, and what tests and benchmarks drive.

use crate::consumer::Consumer;
use crate::failure::Failure;
use crate::services::{SIMULATED_TABLE, Services, TABLE};
use crate::ticker::Ticker;
use axum::Router;
use coppice_api::identity::Identity;
use coppice_api::pipeline::{Pipeline, app};
use coppice_compute::health::ProbeSettings;
use coppice_compute::simulated::SimulatedConfig;
use coppice_engine::{Env, Settings, Worker};
use coppice_runtime::Config;
use std::sync::Arc;
use std::time::Duration;

/// Behaviour of the system.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Limits and pace.
    pub settings: Settings,
    /// The simulated cloud.
    pub simulated: SimulatedConfig,
}

/// The system: its API, and what works behind it.
pub struct System {
    /// The embedded services.
    pub services: Services,
    /// What the API and the engine share.
    pub env: Env,
    /// The worker that consumes the queue and reconciles.
    pub worker: Worker,
}

impl System {
    /// Puts the system together.
    ///
    /// # Errors
    /// When an option cannot be used.
    pub fn new(services: Services, options: Options) -> Result<Self, Failure> {
        let config = Config {
            // What happens in an AWS account happens elsewhere.
            triggers: Default::default(),
            event_bus: None,
            table: TABLE.to_owned(),
            queue_url: services.queue_url.clone(),
            identity: None,
            simulated: options.simulated,
            simulated_table: SIMULATED_TABLE.to_owned(),
            probes: ProbeSettings::default(),
            settings: options.settings,
        };
        let env = coppice_runtime::env(&config, &services.aws)
            .map_err(|cause| Failure::Option { option: "--simulated", cause: cause.to_string() })?;
        let worker = coppice_runtime::worker(env.clone());
        Ok(Self { services, env, worker })
    }

    /// Every function's routes, behind the pipeline they have on AWS.
    pub fn api(&self, identity: Arc<dyn Identity>) -> Router {
        let functions = Router::new()
            .merge(coppice_clusters::router())
            .merge(coppice_nodes::router())
            .merge(coppice_profiles::router())
            .merge(coppice_policies::router())
            .merge(coppice_receivers::router())
            .merge(coppice_actions::router())
            .merge(coppice_meta::router())
            .with_state(self.env.clone());
        let pipeline =
            Pipeline { identity, ids: Arc::clone(&self.env.ids), clock: Arc::clone(&self.env.clock) };
        app(functions, pipeline)
    }

    /// Starts consuming the queue, with `workers` messages at once, and reconciling.
    #[must_use]
    pub fn start(&self, workers: usize, reconcile_every: Duration) -> Background {
        Background {
            consumer: Consumer::start(
                self.services.aws.sqs.clone(),
                self.services.queue_url.clone(),
                self.worker.clone(),
                workers,
            ),
            ticker: Ticker::start(self.worker.clone(), self.services.dynamodb.clone(), reconcile_every),
        }
    }
}

/// What works behind the API until it is stopped.
pub struct Background {
    consumer: Consumer,
    ticker: Ticker,
}

impl Background {
    /// Takes no more work, and returns when what was begun has come to a point where it can be left.
    pub async fn stop(self) {
        self.ticker.stop().await;
        self.consumer.stop().await;
    }
}
