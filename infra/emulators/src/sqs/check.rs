//! What a sender or receiver may ask: the service's limits, checked before anything changes.

use super::command::{RawAttribute, SendMessage};
use super::fault::{Code, Fault};
use super::message::{Attribute, Attributes, Content, Value};
use super::settings::Settings;
use aws_smithy_types::base64;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The greatest number of attributes of one message.
const MOST_ATTRIBUTES: usize = 10;

/// A number within its bounds; none when none was given.
pub(super) fn number(
    parameter: &str,
    given: Option<i64>,
    allowed: RangeInclusive<u64>,
) -> Result<Option<u64>, Fault> {
    let Some(given) = given else { return Ok(None) };
    let number = u64::try_from(given).ok().filter(|number| allowed.contains(number));
    let reason = || format!("Must be from {} to {}.", allowed.start(), allowed.end());
    number.map(Some).ok_or_else(|| Fault::parameter(parameter, given, &reason()))
}

/// A number of seconds within its bounds; none when none was given.
pub(super) fn seconds(
    parameter: &str,
    given: Option<i64>,
    allowed: RangeInclusive<u64>,
) -> Result<Option<Duration>, Fault> {
    Ok(number(parameter, given, allowed)?.map(Duration::from_secs))
}

/// A queue's name: up to 80 letters, digits, hyphens and underscores.
pub(super) fn queue_name(name: &str) -> Result<(), Fault> {
    if name.ends_with(".fifo") {
        let what = format!("FIFO queues ({name}) are");
        return Err(Fault::not_served(&what, "Create a standard queue: a name that does not end in .fifo."));
    }
    if is_word(name) {
        return Ok(());
    }
    let reason = "Can only include letters, digits, hyphens and underscores. 1 to 80 in length.";
    Err(Fault::parameter("QueueName", name, reason))
}

/// Whether `text` may name a queue or an entry of a batch.
pub(super) fn is_word(text: &str) -> bool {
    (1..=80).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The content of a message, and its delay where the sender sets one.
pub(super) fn content(sent: &SendMessage, settings: &Settings) -> Result<(Content, Option<Duration>), Fault> {
    if let Some(given) = &sent.message_deduplication_id {
        let reason = "The request includes a parameter that is not valid for this queue type.";
        return Err(Fault::parameter("MessageDeduplicationId", given, reason));
    }
    if sent.message_body.is_empty() {
        return Err(Fault::missing("MessageBody"));
    }
    if let Some(bad) = sent.message_body.chars().find(|letter| !is_allowed(*letter)) {
        let message = format!("The message body holds the character {bad:?}, which XML 1.0 cannot carry.");
        return Err(Fault::new(Code::InvalidMessageContents, message));
    }
    if sent.message_attributes.len() > MOST_ATTRIBUTES {
        let (reason, count) = ("A message has at most 10 attributes.", sent.message_attributes.len());
        return Err(Fault::parameter("MessageAttributes", count, reason));
    }
    let content = Content {
        body: sent.message_body.clone(),
        attributes: attributes(&sent.message_attributes)?,
        system_attributes: system_attributes(&sent.message_system_attributes)?,
        group: sent.message_group_id.clone(),
    };
    let most = settings.greatest_size;
    if content.size() as u64 > most {
        let message =
            format!("One or more parameters are invalid. Reason: Message must be shorter than {most} bytes.");
        return Err(Fault::new(Code::InvalidParameterValue, message));
    }
    Ok((content, seconds("DelaySeconds", sent.delay_seconds, 0..=900)?))
}

/// The characters of XML 1.0.
fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

fn system_attributes(raw: &BTreeMap<String, RawAttribute>) -> Result<Attributes, Fault> {
    if let Some(name) = raw.keys().find(|name| *name != "AWSTraceHeader") {
        return Err(Fault::parameter("MessageSystemAttributes", name, "Only AWSTraceHeader can be sent."));
    }
    attributes(raw)
}

fn attributes(raw: &BTreeMap<String, RawAttribute>) -> Result<Attributes, Fault> {
    raw.iter().map(|(name, raw)| Ok((name.clone(), attribute(name, raw)?))).collect()
}

fn attribute(name: &str, raw: &RawAttribute) -> Result<Attribute, Fault> {
    let refuse = |reason: &str| Fault::parameter("MessageAttributes", name, reason);
    if !is_attribute_name(name) {
        return Err(refuse("A name has up to 256 letters, digits, hyphens, underscores and inner dots."));
    }
    let kind = raw.data_type.split('.').next().unwrap_or_default();
    let value = match (kind, &raw.string_value, &raw.binary_value) {
        ("String" | "Number", Some(text), None) => Value::Text(text.clone()),
        ("Binary", None, Some(text)) => {
            Value::Binary(base64::decode(text).map_err(|_| refuse("The binary value is not in base64."))?)
        }
        ("String" | "Number" | "Binary", ..) => {
            return Err(refuse("Give the one value that belongs to its data type."));
        }
        _ => return Err(refuse("The data type must begin with String, Number or Binary.")),
    };
    match &value {
        Value::Text(text) if kind == "Number" && text.parse::<f64>().is_err() => {
            Err(refuse("The value is not a number."))
        }
        Value::Text(text) if text.is_empty() => Err(refuse("The value must not be empty.")),
        Value::Binary(bytes) if bytes.is_empty() => Err(refuse("The value must not be empty.")),
        _ => Ok(Attribute { data_type: raw.data_type.clone(), value }),
    }
}

fn is_attribute_name(name: &str) -> bool {
    (1..=256).contains(&name.len())
        && name.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn checked(sent: &Json) -> Result<(Content, Option<Duration>), Code> {
        let sent: SendMessage = serde_json::from_value(sent.clone()).unwrap();
        content(&sent, &Settings::default()).map_err(|fault| fault.code)
    }

    #[test]
    fn what_the_service_would_refuse_is_refused() {
        let attribute =
            |name: &str, value: Json| json!({ "MessageBody": "x", "MessageAttributes": { name: value } });
        for (sent, code) in [
            (json!({ "MessageBody": "" }), Code::MissingParameter),
            (json!({ "MessageBody": "\u{1}" }), Code::InvalidMessageContents),
            (json!({ "MessageBody": "x", "DelaySeconds": 901 }), Code::InvalidParameterValue),
            (json!({ "MessageBody": "x", "DelaySeconds": -1 }), Code::InvalidParameterValue),
            (json!({ "MessageBody": "x".repeat(1024 * 1024 + 1) }), Code::InvalidParameterValue),
            (json!({ "MessageBody": "x", "MessageDeduplicationId": "d" }), Code::InvalidParameterValue),
            (attribute("a", json!({ "DataType": "Text", "StringValue": "v" })), Code::InvalidParameterValue),
            (attribute("a", json!({ "DataType": "String" })), Code::InvalidParameterValue),
            (attribute("a", json!({ "DataType": "String", "StringValue": "" })), Code::InvalidParameterValue),
            (
                attribute("a", json!({ "DataType": "Number", "StringValue": "v" })),
                Code::InvalidParameterValue,
            ),
            (
                attribute("a", json!({ "DataType": "Binary", "BinaryValue": "?" })),
                Code::InvalidParameterValue,
            ),
            (
                attribute(".a", json!({ "DataType": "String", "StringValue": "v" })),
                Code::InvalidParameterValue,
            ),
        ] {
            assert_eq!(checked(&sent).unwrap_err(), code, "{:.80}", sent.to_string());
        }
    }

    #[test]
    fn the_greatest_message_and_the_longest_delay_are_taken() {
        let (content, delay) =
            checked(&json!({ "MessageBody": "x".repeat(1024 * 1024), "DelaySeconds": 900 })).unwrap();
        assert_eq!((content.size(), delay), (1024 * 1024, Some(Duration::from_secs(900))));
    }

    #[test]
    fn names_of_queues_are_words() {
        for (name, good) in
            [("a-b_1", true), ("", false), ("a b", false), ("a.b", false), ("a.fifo", false), ("é", false)]
        {
            assert_eq!(queue_name(name).is_ok(), good, "{name}");
        }
        assert_eq!(queue_name("a.fifo").unwrap_err().code, Code::UnsupportedOperation);
        assert!(queue_name(&"a".repeat(80)).is_ok() && queue_name(&"a".repeat(81)).is_err());
    }
}
