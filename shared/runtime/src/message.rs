//! What a message on the action queue says: an action, and which parking of it may be woken.

use coppice_domain::ids::ActionId;
use serde::{Deserialize, Serialize};

/// One ring of the doorbell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The action.
    pub action: ActionId,
    /// The parking.
    #[serde(default)]
    pub seq: i64,
}

impl Message {
    /// The message as it is sent.
    #[must_use]
    pub fn body(&self) -> String {
        format!(r#"{{"action":"{}","seq":{}}}"#, self.action, self.seq)
    }

    /// The message as it was received; none for a body that is no such message.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_was_sent_and_nonsense_does_not() {
        let message = Message { action: ActionId::new(uuid::Uuid::from_u128(7)), seq: 3 };
        assert_eq!(Message::parse(&message.body()), Some(message));
        for nonsense in ["", "{}", "[]", r#"{"action":"x","seq":1}"#, "null"] {
            assert_eq!(Message::parse(nonsense), None, "{nonsense}");
        }
    }
}
