//! Serving a function's router on Lambda.

use crate::aws::Aws;
use crate::config::Config;
use crate::logging;
use crate::wiring::{Failure, env};
use axum::Router;
use coppice_api::pipeline::{Pipeline, app};
use coppice_engine::Env;
use std::sync::Arc;

/// Serves `router` until Lambda stops the process.
///
/// # Errors
/// When the configuration cannot be used, or the runtime stops.
pub async fn serve(router: Router<Env>) -> Result<(), Failure> {
    logging::start_from_environment();
    let config = Config::from_environment()?;
    let aws = Aws::from_environment().await;
    let env = env(&config, &aws)?;
    let identity = config.identity.ok_or(Failure::NoIdentity)?.build(env.clock.clone())?;
    let pipeline = Pipeline { identity, ids: Arc::clone(&env.ids), clock: Arc::clone(&env.clock) };
    lambda_http::run(app(router.with_state(env), pipeline))
        .await
        .map_err(|cause| Failure::Lambda(cause.to_string()))
}
