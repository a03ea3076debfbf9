//! The queue of a message receiver: it is there before the receiver is, and goes before it does (spec
//! engine-receivers-health-events §1.2).

use crate::channel::channel;
use coppice_api::error::Failure;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::Receiver;
use coppice_engine::{Env, MailboxError};
use coppice_support::store_failed;

/// Makes a message receiver. Its queue comes first, so that what is recorded can be called. If it then is
/// not recorded the queue goes again; and if this process dies in between, an empty queue is left that nobody
/// was told of.
///
/// # Errors
/// When the queue or the store fails.
pub async fn create(env: &Env, mut receiver: Receiver) -> Result<Receiver, Failure> {
    let queue = Receiver::queue_name(receiver.id);
    receiver.channel = channel("queue_name", queue.clone());
    env.mailboxes.create(&queue).await.map_err(|error| not_made(&error))?;
    match env.store.receiver_create(&receiver).await {
        Ok(_) => Ok(receiver),
        Err(error) => {
            // It may have been recorded after all: then its queue is made again when it is notified.
            if let Err(left) = env.mailboxes.delete(&queue).await {
                tracing::warn!(queue, error = %left, "a queue without a receiver is left behind");
            }
            Err(store_failed(error))
        }
    }
}

/// Removes a receiver's queue, before its record goes: while that is there, it can be asked for again.
///
/// # Errors
/// When the queue service fails.
pub async fn delete(env: &Env, receiver: ReceiverId) -> Result<(), Failure> {
    let queue = Receiver::queue_name(receiver);
    env.mailboxes.delete(&queue).await.map_err(|error| not_removed(&queue, &error))
}

fn not_made(error: &MailboxError) -> Failure {
    let text = "Failed in creating queue: the queue service did not answer.";
    Failure::because(Fault::new(FaultKind::EResourceCreation, text), error)
}

fn not_removed(queue: &str, error: &MailboxError) -> Failure {
    let text = format!("Failed in deleting queue '{queue}': the queue service did not answer.");
    Failure::because(Fault::new(FaultKind::EResourceDeletion, text), error)
}
