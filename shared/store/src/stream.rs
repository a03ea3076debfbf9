//! What the table's stream tells of items. A deployment has one only if someone listens.

use crate::entity::{Entity, Kind};
use crate::error::StoreError;
use crate::item::{Item, n, s};
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::event::Event;
use serde_json::Value;

/// The event in a record of the stream; none if the record is not about a new event.
///
/// # Errors
/// `Corrupt` when the item is not what this version of the service writes.
pub fn new_event(record: &Value) -> Result<Option<Event>, StoreError> {
    let image = &record["dynamodb"]["NewImage"];
    let key = image["pk"]["S"].as_str().unwrap_or_default();
    // An event does not change. One that is written again, because the answer got lost, is not a new one.
    if record["eventName"] != "INSERT" || !key.starts_with(&format!("{}#", Kind::Event.letter())) {
        return Ok(None);
    }
    let attributes = image.as_object().into_iter().flatten();
    let item: Item = attributes.filter_map(|(name, value)| Some((name.clone(), attribute(value)?))).collect();
    Event::decode(&[item]).map(Some)
}

/// An attribute of a type that records have.
fn attribute(value: &Value) -> Option<AttributeValue> {
    let (kind, value) = value.as_object()?.iter().next()?;
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => Some(s(text)),
        ("N", Value::String(digits)) => Some(n(digits)),
        ("BOOL", Value::Bool(flag)) => Some(AttributeValue::Bool(*flag)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_a_new_event_is_none() {
        let event = json!({ "pk": { "S": "E#1" }, "sk": { "S": "A" } });
        for record in [
            json!({}),
            json!({ "eventName": "INSERT" }),
            json!({ "eventName": "MODIFY", "dynamodb": { "NewImage": event } }),
            json!({ "eventName": "REMOVE", "dynamodb": { "Keys": event } }),
            json!({ "eventName": "INSERT", "dynamodb": { "NewImage": { "pk": { "S": "C#1" }, "sk": { "S": "A" } } } }),
        ] {
            assert_eq!(new_event(&record), Ok(None), "{record}");
        }
        let broken = new_event(&json!({ "eventName": "INSERT", "dynamodb": { "NewImage": event } }));
        assert!(matches!(broken, Err(StoreError::Corrupt(_))), "{broken:?}");
    }
}
