//! Receipt handles: which receive of which message a consumer speaks of.

use super::fault::{Code, Fault};
use super::message::Message;
use aws_smithy_types::base64;
use uuid::Uuid;

/// One receive of one message. Clients see it as opaque text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) sequence: u64,
    id: Uuid,
    /// The message's count of receives at this receive: a later receive supersedes this one.
    receives: u32,
    queue: String,
}

impl Receipt {
    /// The receipt of the latest receive of `message` from `queue`.
    pub(super) fn of(queue: &str, message: &Message) -> Self {
        Self {
            sequence: message.sequence,
            id: message.id,
            receives: message.receives,
            queue: queue.to_owned(),
        }
    }

    /// The text that a client hands back.
    pub(super) fn encode(&self) -> String {
        base64::encode(format!("{} {} {} {}", self.sequence, self.id, self.receives, self.queue))
    }

    /// Reads a handle that was given out by `queue`.
    ///
    /// # Errors
    /// `ReceiptHandleIsInvalid` when it is no handle, or one of another queue.
    pub(super) fn decode(text: &str, queue: &str) -> Result<Self, Fault> {
        let receipt = Self::read(text).ok_or_else(|| invalid(text, "is not one this service gave out"))?;
        if receipt.queue == queue {
            Ok(receipt)
        } else {
            Err(invalid(text, &format!("belongs to the queue {}, not to {queue}", receipt.queue)))
        }
    }

    fn read(text: &str) -> Option<Self> {
        let plain = String::from_utf8(base64::decode(text).ok()?).ok()?;
        let mut parts = plain.split(' ');
        Some(Self {
            sequence: parts.next()?.parse().ok()?,
            id: parts.next()?.parse().ok()?,
            receives: parts.next()?.parse().ok()?,
            queue: parts.next()?.to_owned(),
        })
    }

    /// Whether this is a receipt of `message`, which a queue of an earlier process cannot have given out.
    pub(super) fn names(&self, message: &Message) -> bool {
        self.id == message.id
    }

    /// Whether it is the receipt of its latest receive.
    pub(super) fn is_latest_of(&self, message: &Message) -> bool {
        self.names(message) && self.receives == message.receives
    }
}

fn invalid(text: &str, reason: &str) -> Fault {
    let message = format!(
        "The receipt handle {text:?} {reason}. Give the handle of the latest receive of the message."
    );
    Fault::new(Code::ReceiptHandleIsInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::super::message::{Attributes, Content};
    use super::*;
    use std::time::Duration;

    fn message() -> Message {
        let content = Content {
            body: "x".to_owned(),
            attributes: Attributes::new(),
            system_attributes: Attributes::new(),
            group: None,
        };
        Message::new(7, content, Duration::from_secs(1), Duration::ZERO)
    }

    #[test]
    fn a_handle_is_read_back_by_the_queue_that_gave_it_out() {
        let receipt = Receipt::of("q", &message());
        assert_eq!(Receipt::decode(&receipt.encode(), "q"), Ok(receipt.clone()));
        let elsewhere = Receipt::decode(&receipt.encode(), "r").unwrap_err();
        assert_eq!(elsewhere.code, Code::ReceiptHandleIsInvalid);
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for text in ["", "zzz", "eA==", "MSAy"] {
            assert_eq!(Receipt::decode(text, "q").unwrap_err().code, Code::ReceiptHandleIsInvalid, "{text}");
        }
    }

    #[test]
    fn a_later_receive_supersedes_a_receipt() {
        let mut message = message();
        message.receive(Duration::from_secs(2), Duration::from_secs(1));
        let first = Receipt::of("q", &message);
        assert!(first.is_latest_of(&message));
        message.receive(Duration::from_secs(4), Duration::from_secs(1));
        assert!(first.names(&message) && !first.is_latest_of(&message));
    }
}
