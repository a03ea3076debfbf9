//! Serving the reconciler's schedule.

use crate::aws::Aws;
use crate::config::Config;
use crate::logging;
use crate::wiring::{Failure, env, worker};
use coppice_engine::reconciler;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

/// Runs the reconciler at every event until Lambda stops the process.
///
/// # Errors
/// When the configuration cannot be used, or the runtime stops.
pub async fn serve() -> Result<(), Failure> {
    logging::start_from_environment();
    let config = Config::from_environment()?;
    let aws = Aws::from_environment().await;
    let worker = worker(env(&config, &aws)?);
    let worker = &worker;
    let function = service_fn(move |_: LambdaEvent<Value>| async move {
        // Boxed: the future is deep, and the compiler computes the layout of what contains it.
        let report = Box::pin(reconciler::run(worker)).await?;
        let reconciler::Report { rung, scheduled, recovered, leaks, drift } = report;
        Ok::<_, lambda_runtime::Error>(json!({
            "rung": rung, "scheduled": scheduled, "recovered": recovered, "leaks": leaks, "drift": drift,
        }))
    });
    lambda_runtime::run(function).await.map_err(|cause| Failure::Lambda(cause.to_string()))
}
