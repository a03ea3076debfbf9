//! The queues of message receivers and lifecycle hooks on SQS.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{DisplayErrorContext, SdkError};
use aws_sdk_sqs::operation::delete_message::DeleteMessageError;
use aws_sdk_sqs::operation::delete_queue::DeleteQueueError;
use aws_sdk_sqs::operation::get_queue_url::GetQueueUrlError;
use aws_sdk_sqs::operation::receive_message::ReceiveMessageError;
use coppice_engine::{Letter, MailboxError, Mailboxes};
use std::error::Error;

/// Most messages that SQS hands out at once.
const AT_ONCE: i32 = 10;
/// How long a receive waits for a first message, in seconds. One that does not wait asks some of the servers
/// that keep the queue, and may miss a message that was just sent; the shortest wait there is asks all.
const LONG_ENOUGH: i32 = 1;

/// The mailboxes: standard queues with the default settings, under which a received message is hidden for
/// thirty seconds and kept for four days.
#[derive(Clone, Debug)]
pub struct SqsMailboxes {
    client: Client,
}

impl SqsMailboxes {
    /// The queues that `client` reaches.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    /// A queue's URL; none when there is no such queue.
    async fn url(&self, name: &str) -> Result<Option<String>, MailboxError> {
        match self.client.get_queue_url().queue_name(name).send().await {
            Ok(found) => Ok(found.queue_url),
            Err(error) if is(&error, GetQueueUrlError::is_queue_does_not_exist) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

#[async_trait]
impl Mailboxes for SqsMailboxes {
    async fn create(&self, name: &str) -> Result<(), MailboxError> {
        self.client.create_queue().queue_name(name).send().await.map(|_| ()).map_err(failed)
    }

    async fn delete(&self, name: &str) -> Result<(), MailboxError> {
        let Some(url) = self.url(name).await? else { return Ok(()) };
        match self.client.delete_queue().queue_url(url).send().await {
            Ok(_) => Ok(()),
            Err(error) if is(&error, DeleteQueueError::is_queue_does_not_exist) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        let url = match self.url(name).await? {
            Some(url) => url,
            None => {
                let made = self.client.create_queue().queue_name(name).send().await.map_err(failed)?;
                made.queue_url.ok_or_else(|| MailboxError(format!("the queue {name} has no address")))?
            }
        };
        self.client.send_message().queue_url(url).message_body(body).send().await.map(|_| ()).map_err(failed)
    }

    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        let Some(url) = self.url(name).await? else {
            // SQS refuses a name for a minute after its queue was deleted, so the queue of a receiver that is
            // being deleted does not come back by this.
            self.create(name).await?;
            return Ok(Vec::new());
        };
        let asked = self
            .client
            .receive_message()
            .queue_url(&url)
            .max_number_of_messages(AT_ONCE)
            .wait_time_seconds(LONG_ENOUGH);
        let received = match asked.send().await {
            Ok(output) => output.messages.unwrap_or_default(),
            Err(error) if is(&error, ReceiveMessageError::is_queue_does_not_exist) => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        // SQS gives every message an id and a receipt.
        Ok(received
            .into_iter()
            .filter_map(|message| {
                let (id, receipt) = (message.message_id?, message.receipt_handle?);
                let body = message.body.unwrap_or_default();
                Some(Letter { id, body, mailbox: url.clone(), receipt })
            })
            .collect())
    }

    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError> {
        let asked = self.client.delete_message().queue_url(&letter.mailbox).receipt_handle(&letter.receipt);
        match asked.send().await {
            Ok(_) => Ok(()),
            Err(error) if is(&error, DeleteMessageError::is_queue_does_not_exist) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

/// Whether the service refused the call for this reason.
fn is<E, R>(error: &SdkError<E, R>, reason: impl FnOnce(&E) -> bool) -> bool {
    error.as_service_error().is_some_and(reason)
}

fn failed(error: impl Error) -> MailboxError {
    MailboxError(DisplayErrorContext(error).to_string())
}
