//! `coppice pump`: feeds functions that a Lambda emulator runs: messages to the worker, as the event
//! source mapping does, and ticks to the reconciler, as the schedule does.

use crate::cli::PumpOptions;
use crate::failure::Failure;
use crate::serve::asked_to_stop;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::Message;
use coppice_runtime::{Aws, logging};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BatchAnswer {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

struct Pump {
    http: reqwest::Client,
    sqs: Client,
    options: PumpOptions,
}

/// Pumps until the process is asked to stop.
///
/// # Errors
/// When no HTTP client can be made.
pub async fn run(options: PumpOptions) -> Result<(), Failure> {
    logging::start(options.log.into(), logging::DEFAULT_FILTER);
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(120))
        .build()
        .map_err(|cause| Failure::Services(cause.to_string()))?;
    let pump = Pump { http, sqs: Aws::from_environment().await.sqs, options };
    tokio::select! {
        () = asked_to_stop() => Ok(()),
        () = pump.messages() => Ok(()),
        () = pump.ticks() => Ok(()),
    }
}

impl Pump {
    async fn messages(&self) {
        let mut after_failure = interval(Duration::from_secs(1));
        loop {
            let received = self
                .sqs
                .receive_message()
                .queue_url(&self.options.queue_url)
                .max_number_of_messages(10)
                .wait_time_seconds(20)
                .send()
                .await;
            match received {
                Ok(output) => self.batch(output.messages.unwrap_or_default()).await,
                Err(error) => {
                    tracing::warn!(error = %DisplayErrorContext(error), "the action queue cannot be read");
                    after_failure.tick().await;
                }
            }
        }
    }

    async fn batch(&self, messages: Vec<Message>) {
        if messages.is_empty() {
            return;
        }
        let records: Vec<Value> = messages
            .iter()
            .map(|message| {
                json!({
                    "messageId": message.message_id, "receiptHandle": message.receipt_handle,
                    "body": message.body, "attributes": {}, "messageAttributes": {},
                    "eventSource": "aws:sqs", "awsRegion": "us-east-1",
                })
            })
            .collect();
        // A batch that fails as a whole comes again when it becomes visible.
        let Some(answer) = self.invoke(&self.options.worker, &json!({ "Records": records })).await else {
            return;
        };
        let failed: BatchAnswer = serde_json::from_str(&answer).unwrap_or_default();
        for message in messages {
            let id = message.message_id.unwrap_or_default();
            if failed.batch_item_failures.iter().any(|failure| failure.item_identifier == id) {
                continue;
            }
            let deleted = self
                .sqs
                .delete_message()
                .queue_url(&self.options.queue_url)
                .set_receipt_handle(message.receipt_handle)
                .send()
                .await;
            if let Err(error) = deleted {
                tracing::warn!(error = %DisplayErrorContext(error), "a message was not deleted");
            }
        }
    }

    async fn ticks(&self) {
        let mut interval = interval(Duration::from_millis(self.options.reconcile_every_ms.max(10)));
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
            self.invoke(&self.options.reconciler, &event).await;
        }
    }

    /// Invokes a function; none when it failed.
    async fn invoke(&self, function: &str, event: &Value) -> Option<String> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.options.invoke);
        let sent = self.http.post(&url).body(event.to_string()).send().await;
        let answer = match sent {
            Ok(response) if response.status().is_success() => response.text().await,
            Ok(response) => {
                tracing::warn!(function, status = response.status().as_u16(), "function failed");
                return None;
            }
            Err(error) => Err(error),
        };
        answer.map_err(|error| tracing::warn!(function, error = %error, "function not invoked")).ok()
    }
}
