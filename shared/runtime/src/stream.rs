//! Serving the table's stream.

use crate::aws;
use crate::bus::EventBridge;
use crate::config::Config;
use crate::logging;
use crate::wiring::Failure;
use coppice_engine::Bus;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

/// Answers every batch of the stream by `answer` until Lambda stops the process. It is told on which bus, and of
/// which deployment; it says which records are to come again.
///
/// # Errors
/// When the configuration cannot be used or names no bus, or the runtime stops.
pub async fn serve<F, A>(answer: F) -> Result<(), Failure>
where
    F: Fn(Arc<dyn Bus>, String, Value) -> A,
    A: Future<Output = Value>,
{
    logging::start_from_environment();
    let config = Config::from_environment()?;
    let name = config.event_bus.ok_or(Failure::NoBus)?;
    let bus: Arc<dyn Bus> = Arc::new(EventBridge::new(aws::eventbridge().await, name));
    let deployment = config.settings.deployment;
    let (bus, deployment, answer) = (&bus, &deployment, &answer);
    let function = service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, lambda_runtime::Error>(answer(Arc::clone(bus), deployment.clone(), event.payload).await)
    });
    lambda_runtime::run(function).await.map_err(|cause| Failure::Lambda(cause.to_string()))
}
