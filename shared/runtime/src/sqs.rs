//! Serving the action queue: one message at a time becomes one outcome, on Lambda or in a loop of one's
//! own.

use crate::aws::Aws;
use crate::config::Config;
use crate::logging;
use crate::message::Message;
use crate::queue::hide;
use crate::wiring::{Failure, env, worker};
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use coppice_engine::Worker;
use coppice_engine::dispatch::{Outcome, handle};
use futures::future::join_all;
use lambda_runtime::{LambdaEvent, service_fn};
use std::time::Duration;

/// How long a message rests after the store failed under it.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Answers one message. A body that names no action is dropped, and said so: it can never become one.
pub async fn answer(worker: &Worker, body: &str) -> Outcome {
    let Some(message) = Message::parse(body) else {
        tracing::error!(body, "message on the action queue names no action; dropped");
        return Outcome::Done;
    };
    // Boxed: the future is deep, and the compiler computes the layout of what contains it.
    match Box::pin(handle(worker, message.action, message.seq)).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::warn!(action.id = %message.action, error = %error, "message put back");
            Outcome::Wait(AFTER_FAILURE)
        }
    }
}

/// Serves batches of messages until Lambda stops the process. Messages that are to come again are hidden
/// for as long as they should wait, and returned as failures of their own, so that the rest of the batch
/// is deleted.
///
/// # Errors
/// When the configuration cannot be used, or the runtime stops.
pub async fn serve() -> Result<(), Failure> {
    logging::start_from_environment();
    let config = Config::from_environment()?;
    let aws = Aws::from_environment().await;
    let worker = worker(env(&config, &aws)?);
    let (worker, aws, queue_url) = (&worker, &aws, config.queue_url.as_str());
    let function = service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let answers = event.payload.records.iter().map(|message| one(worker, aws, queue_url, message));
        let failures = join_all(answers).await.into_iter().flatten();
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = failures.collect();
        Ok::<_, lambda_runtime::Error>(response)
    });
    lambda_runtime::run(function).await.map_err(|cause| Failure::Lambda(cause.to_string()))
}

async fn one(worker: &Worker, aws: &Aws, queue_url: &str, message: &SqsMessage) -> Option<BatchItemFailure> {
    match answer(worker, message.body.as_deref().unwrap_or_default()).await {
        Outcome::Done => None,
        Outcome::Wait(span) => {
            if let Some(receipt) = &message.receipt_handle
                && let Err(error) = hide(&aws.sqs, queue_url, receipt, span).await
            {
                tracing::warn!(error = %error, "message not hidden; it comes again in the queue's own time");
            }
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.clone().unwrap_or_default();
            Some(failure)
        }
    }
}
