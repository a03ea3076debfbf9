//! The action queue on SQS.

use crate::message::Message;
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use coppice_domain::ids::{ActionId, message_group};
use coppice_engine::{Doorbell, DoorbellError};
use std::time::Duration;

/// The doorbell: a message on the action queue.
#[derive(Clone, Debug)]
pub struct SqsDoorbell {
    client: Client,
    queue_url: String,
}

impl SqsDoorbell {
    /// The doorbell of the queue at `queue_url`.
    #[must_use]
    pub const fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }
}

#[async_trait]
impl Doorbell for SqsDoorbell {
    async fn ring(
        &self,
        project: &str,
        action: ActionId,
        seq: i64,
        delay: Duration,
    ) -> Result<(), DoorbellError> {
        let sent = self
            .client
            .send_message()
            .queue_url(&self.queue_url)
            .message_body(Message { action, seq }.body())
            .message_group_id(message_group(project))
            .delay_seconds(whole_seconds(delay).min(900))
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| DoorbellError(DisplayErrorContext(error).to_string()))
    }
}

/// SQS counts whole seconds: rounded up, or a message would come before there is anything to do.
#[must_use]
pub fn whole_seconds(span: Duration) -> i32 {
    i32::try_from(span.as_millis().div_ceil(1000)).unwrap_or(i32::MAX)
}

/// Hides a received message for `span`, within the limits of SQS, so that it comes again then.
///
/// # Errors
/// When the queue cannot be reached; the message then comes again after the queue's own time.
pub async fn hide(
    client: &Client,
    queue_url: &str,
    receipt_handle: &str,
    span: Duration,
) -> Result<(), DoorbellError> {
    client
        .change_message_visibility()
        .queue_url(queue_url)
        .receipt_handle(receipt_handle)
        .visibility_timeout(whole_seconds(span).clamp(1, 43_200))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| DoorbellError(DisplayErrorContext(error).to_string()))
}
