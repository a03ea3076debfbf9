//! Serving events of the account: of EventBridge, of SNS.

use crate::aws::Aws;
use crate::config::Config;
use crate::logging;
use crate::wiring::{Failure, env};
use coppice_domain::ids::ReceiverId;
use coppice_engine::Env;
use coppice_engine::health::NotHeard;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

/// Answers every event by `answer` until Lambda stops the process. It is told which receivers are mapped to ARNs.
/// An error makes Lambda repeat the event.
///
/// # Errors
/// When the configuration cannot be used, or the runtime stops.
pub async fn serve<F, A>(answer: F) -> Result<(), Failure>
where
    F: Fn(Env, Arc<BTreeMap<String, ReceiverId>>, Value) -> A,
    A: Future<Output = Result<Value, NotHeard>>,
{
    logging::start_from_environment();
    let config = Config::from_environment()?;
    let aws = Aws::from_environment().await;
    let (env, triggers) = (env(&config, &aws)?, Arc::new(config.triggers));
    let (env, triggers, answer) = (&env, &triggers, &answer);
    let function = service_fn(move |event: LambdaEvent<Value>| async move {
        let answered = answer(env.clone(), Arc::clone(triggers), event.payload);
        // Boxed: the future is deep, and the compiler computes the layout of what contains it.
        Ok::<_, lambda_runtime::Error>(Box::pin(answered).await?)
    });
    lambda_runtime::run(function).await.map_err(|cause| Failure::Lambda(cause.to_string()))
}
