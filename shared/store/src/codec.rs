//! Domain records as items: a field an attribute, so that a write can name what it changes.
//!
//! Free-form JSON is kept as text: it costs fewer bytes than DynamoDB's maps, keeps numbers as they
//! were written, and knows no limit of nesting.

use crate::error::StoreError;
use crate::item::{Item, describe};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A record as attributes. Nulls are left out; `defaults` are left out too when empty objects.
pub(crate) fn encode(record: &impl Serialize) -> Result<Item, StoreError> {
    let value = serde_json::to_value(record).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
    let Value::Object(fields) = value else {
        return Err(StoreError::Corrupt("a record is not an object".to_owned()));
    };
    Ok(fields.into_iter().filter_map(|(name, value)| Some((name, attribute(value)?))).collect())
}

fn attribute(value: Value) -> Option<AttributeValue> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => AttributeValue::Bool(flag),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        json @ (Value::Array(_) | Value::Object(_)) => AttributeValue::S(json.to_string()),
    })
}

/// Reads a record back. `json` names the fields that are free-form JSON; an absent one reads as
/// `{}` unless it is listed in `nullable`.
pub(crate) fn decode<T: DeserializeOwned>(
    item: &HashMap<String, AttributeValue>,
    json: &[&str],
    nullable: &[&str],
) -> Result<T, StoreError> {
    let corrupt = |cause: String| StoreError::Corrupt(format!("{}: {cause}", describe(item)));
    let mut fields = Map::with_capacity(item.len());
    for (name, value) in item {
        let field = match value {
            AttributeValue::S(text) if json.contains(&name.as_str()) => {
                serde_json::from_str(text).map_err(|cause| corrupt(format!("{name}: {cause}")))?
            }
            AttributeValue::S(text) => Value::String(text.clone()),
            AttributeValue::N(digits) => {
                serde_json::from_str(digits).map_err(|cause| corrupt(format!("{name}: {cause}")))?
            }
            AttributeValue::Bool(flag) => Value::Bool(*flag),
            _ => continue,
        };
        fields.insert(name.clone(), field);
    }
    for name in json {
        if !nullable.contains(name) && !fields.contains_key(*name) {
            fields.insert((*name).to_owned(), Value::Object(Map::new()));
        }
    }
    serde_json::from_value(Value::Object(fields)).map_err(|cause| corrupt(cause.to_string()))
}

/// Leaves out attributes that hold an empty JSON object: absent reads as empty.
pub(crate) fn drop_empty(item: &mut Item, json: &[&str]) {
    for name in json {
        if item.get(*name).is_some_and(|value| value.as_s().is_ok_and(|text| text == "{}")) {
            item.remove(*name);
        }
    }
}
