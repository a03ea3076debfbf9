//! A message: what was sent, and what has happened to it since.

use super::digest;
use super::receipt::Receipt;
use super::settings::ACCOUNT;
use aws_smithy_types::base64;
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// Message attributes by name, in the order in which they are digested.
pub(super) type Attributes = BTreeMap<String, Attribute>;

/// A typed attribute that travels beside the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// `String`, `Number` or `Binary`, each with an optional label after a dot.
    pub(super) data_type: String,
    pub(super) value: Value,
}

/// An attribute's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Of a `String` or a `Number`.
    Text(String),
    /// Of a `Binary`.
    Binary(Vec<u8>),
}

impl Attribute {
    /// The bytes that count towards the size of the message, its name excepted.
    pub(super) fn size(&self) -> usize {
        let value = match &self.value {
            Value::Text(text) => text.len(),
            Value::Binary(bytes) => bytes.len(),
        };
        self.data_type.len() + value
    }

    fn shown(&self) -> serde_json::Value {
        match &self.value {
            Value::Text(text) => json!({ "DataType": self.data_type, "StringValue": text }),
            Value::Binary(bytes) => {
                json!({ "DataType": self.data_type, "BinaryValue": base64::encode(bytes) })
            }
        }
    }
}

/// What a sender gives, checked.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) body: String,
    pub(super) attributes: Attributes,
    /// Of these the service knows one: `AWSTraceHeader`.
    pub(super) system_attributes: Attributes,
    pub(super) group: Option<String>,
}

impl Content {
    /// Bytes that count towards the limit: body and attributes, the system's excepted.
    pub(super) fn size(&self) -> usize {
        self.body.len() + self.attributes.iter().map(|(name, value)| name.len() + value.size()).sum::<usize>()
    }
}

/// A message in a queue. Moments are durations since the Unix epoch.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Its place in the order of sending, over all queues and never used again.
    pub(super) sequence: u64,
    pub(super) id: Uuid,
    pub(super) content: Content,
    pub(super) sent_at: Duration,
    /// From when on it can be received.
    pub(super) visible_at: Duration,
    pub(super) first_received_at: Duration,
    pub(super) last_received_at: Duration,
    /// How often it was received, in every queue it was in.
    pub(super) receives: u32,
    /// How often it was received in the queue it is in: what a redrive policy limits.
    pub(super) receives_here: u32,
    /// The ARN of the queue it came from, in a dead-letter queue.
    pub(super) dead_letter_source: Option<String>,
}

/// Which attributes a receiver asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Names of the service's own attributes, or `All`.
    pub(super) system: Vec<String>,
    /// Names of the sender's attributes, prefixes that end in `.*`, or `All`.
    pub(super) attributes: Vec<String>,
}

impl Message {
    pub(super) fn new(sequence: u64, content: Content, now: Duration, delay: Duration) -> Self {
        Self {
            sequence,
            id: uuid::Builder::from_custom_bytes(digest::of_origin(now, sequence)).into_uuid(),
            content,
            sent_at: now,
            visible_at: now + delay,
            first_received_at: Duration::ZERO,
            last_received_at: Duration::ZERO,
            receives: 0,
            receives_here: 0,
            dead_letter_source: None,
        }
    }

    /// Counts a receive: from `now`, hidden for `visibility`.
    pub(super) fn receive(&mut self, now: Duration, visibility: Duration) {
        if self.receives == 0 {
            self.first_received_at = now;
        }
        self.last_received_at = now;
        self.receives += 1;
        self.receives_here += 1;
        self.visible_at = now + visibility;
    }

    /// The message as its receiver sees it.
    pub(super) fn shown(&self, queue: &str, wanted: &Wanted) -> serde_json::Value {
        let mut shown = json!({
            "MessageId": self.id.to_string(),
            "ReceiptHandle": Receipt::of(queue, self).encode(),
            "MD5OfBody": digest::of_body(&self.content.body),
            "Body": self.content.body,
        });
        let system: Map<_, _> = self
            .system_attributes()
            .into_iter()
            .filter(|(name, _)| wanted.system.iter().any(|asked| asked == "All" || asked == name))
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect();
        if !system.is_empty() {
            shown["Attributes"] = system.into();
        }
        let mut attributes = self.content.attributes.clone();
        attributes.retain(|name, _| wanted.attributes.iter().any(|asked| asks_for(asked, name)));
        if let Some(digest) = digest::of_attributes(&attributes) {
            shown["MD5OfMessageAttributes"] = digest.into();
            let attributes: Map<_, _> =
                attributes.into_iter().map(|(name, value)| (name, value.shown())).collect();
            shown["MessageAttributes"] = attributes.into();
        }
        shown
    }

    fn system_attributes(&self) -> BTreeMap<&str, String> {
        let mut all = BTreeMap::from([
            ("SenderId", ACCOUNT.to_owned()),
            ("SentTimestamp", self.sent_at.as_millis().to_string()),
            ("ApproximateReceiveCount", self.receives.to_string()),
            ("ApproximateFirstReceiveTimestamp", self.first_received_at.as_millis().to_string()),
        ]);
        for (name, attribute) in &self.content.system_attributes {
            if let Value::Text(text) = &attribute.value {
                all.insert(name, text.clone());
            }
        }
        if let Some(group) = &self.content.group {
            all.insert("MessageGroupId", group.clone());
        }
        if let Some(arn) = &self.dead_letter_source {
            all.insert("DeadLetterQueueSourceArn", arn.clone());
        }
        all
    }
}

fn asks_for(asked: &str, name: &str) -> bool {
    asked == "All" || asked == name || asked.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_asked_for_by_name_by_prefix_or_all_together() {
        for (asked, name, expected) in [
            ("All", "any", true),
            (".*", "any", true),
            ("trace", "trace", true),
            ("trace", "tracer", false),
            ("trace.*", "trace.id", true),
            ("trace.*", "other", false),
        ] {
            assert_eq!(asks_for(asked, name), expected, "{asked} {name}");
        }
    }

    #[test]
    fn a_message_shows_only_what_is_asked_for() {
        let text =
            |text: &str| Attribute { data_type: "String".to_owned(), value: Value::Text(text.to_owned()) };
        let content = Content {
            body: "hi".to_owned(),
            attributes: Attributes::from([("a".to_owned(), text("1")), ("b".to_owned(), text("2"))]),
            system_attributes: Attributes::from([("AWSTraceHeader".to_owned(), text("Root=1"))]),
            group: None,
        };
        let message = Message::new(1, content, Duration::from_secs(5), Duration::ZERO);

        let bare = message.shown("q", &Wanted::default());
        assert_eq!(bare["Body"], "hi");
        assert!(bare.get("Attributes").is_none() && bare.get("MessageAttributes").is_none());

        let wanted = Wanted { system: vec!["AWSTraceHeader".to_owned()], attributes: vec!["b".to_owned()] };
        let some = message.shown("q", &wanted);
        assert_eq!(some["Attributes"], json!({ "AWSTraceHeader": "Root=1" }));
        assert_eq!(some["MessageAttributes"], json!({ "b": { "DataType": "String", "StringValue": "2" } }));
    }
}
