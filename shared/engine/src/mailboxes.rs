//! The queues on which message receivers are called, and on which lifecycle hooks tell of nodes that go. Who may send to them is for whoever runs the queue
//! service to say; here they are only made, written to, read and removed.

use async_trait::async_trait;

/// A message, as received once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The message's id, the same at every receipt.
    pub id: String,
    /// What it says.
    pub body: String,
    /// The mailbox it was received from, as the queue service calls it.
    pub mailbox: String,
    /// This receipt of it.
    pub receipt: String,
}

/// The queue service did not do what it was asked, or did not say so. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the queue service failed: {0}")]
pub struct MailboxError(pub String);

/// Queues by name.
///
/// # Promises
///
/// 1. **Every call may be repeated.** A mailbox that is there is made without effect, and one that is gone
///    is removed without effect; so is a letter.
/// 2. **At least once.** A letter that was received is hidden for half a minute or so. If it is not removed
///    by then it comes again, with the same id; and now and then one comes twice all the same.
/// 3. **No order.** Letters come as they come, and one that was just sent may come later than the next.
/// 4. **After an error** the call may have taken effect.
/// 5. **Calls are bounded.** None waits for longer than it takes to see all letters that are there
///    (invariant 7).
#[async_trait]
pub trait Mailboxes: Send + Sync {
    /// Makes a mailbox.
    ///
    /// # Errors
    /// When the queue service fails.
    async fn create(&self, name: &str) -> Result<(), MailboxError>;

    /// Removes a mailbox with all that is in it.
    ///
    /// # Errors
    /// When the queue service fails.
    async fn delete(&self, name: &str) -> Result<(), MailboxError>;

    /// Sends a letter. A mailbox that is not there is made.
    ///
    /// # Errors
    /// When the queue service fails.
    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError>;

    /// Receives up to ten letters. A mailbox that is not there is made: it got lost with what was in it, and
    /// what is sent from now on shall not.
    ///
    /// # Errors
    /// When the queue service fails.
    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError>;

    /// Removes a letter. Without effect once it was received again: then it is for that receiver to remove.
    ///
    /// # Errors
    /// When the queue service fails.
    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError>;
}
