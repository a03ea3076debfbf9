//! The pieces that schemas are made of.

use crate::additions;
use crate::microversion::{Feature, Microversion};
use serde_json::{Map, Value, json};

/// The key under which the description says since when something is known.
pub const SINCE: &str = "x-since";

/// Any string.
#[must_use]
pub fn text() -> Value {
    json!({ "type": "string" })
}

/// A whole number.
#[must_use]
pub fn integer() -> Value {
    json!({ "type": "integer" })
}

/// A number.
#[must_use]
pub fn number() -> Value {
    json!({ "type": "number" })
}

/// A boolean.
#[must_use]
pub fn boolean() -> Value {
    json!({ "type": "boolean" })
}

/// An object with any content.
#[must_use]
pub fn map() -> Value {
    json!({ "type": "object" })
}

/// An id.
#[must_use]
pub fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

/// `2016-05-13T07:02:04Z`, or with a numeric offset.
#[must_use]
pub fn instant() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// `2016-05-13T07:02:04.000000`: to the microsecond, in UTC without saying so.
#[must_use]
pub fn bare_instant() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}$",
    })
}

/// `2016-05-13T07:02:04`, to the microsecond where that is not zero, in UTC without saying so.
#[must_use]
pub fn bare_moment() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{6})?$",
    })
}

/// One of these strings.
#[must_use]
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": names.into_iter().collect::<Vec<_>>() })
}

/// A list of such items.
#[must_use]
pub fn list(item: Value) -> Value {
    with(json!({ "type": "array" }), "items", item)
}

/// An object with any keys and such values.
#[must_use]
pub fn map_of(value: Value) -> Value {
    with(map(), "additionalProperties", value)
}

/// The same, or null.
#[must_use]
pub fn nullable(mut schema: Value) -> Value {
    if let Some(alternatives) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        alternatives.push(json!({ "type": "null" }));
        return schema;
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    if let Some(name) = schema.get("type").cloned() {
        schema["type"] = json!([name, "null"]);
    }
    schema
}

/// The same, marked as known from the microversion of `feature` on: in answers it is absent before.
#[must_use]
pub fn since(feature: Feature, schema: Value) -> Value {
    since_version(feature.since(), schema)
}

/// The same, marked as known to those who ask for additions: in answers it is absent for others.
#[must_use]
pub fn added(schema: Value) -> Value {
    with(schema, SINCE, format!("{} {}", additions::SERVICE, additions::VERSION).into())
}

pub(super) fn since_version(version: Microversion, schema: Value) -> Value {
    with(schema, SINCE, version.to_string().into())
}

/// The same with this keyword.
pub(super) fn with(mut schema: Value, keyword: &str, value: Value) -> Value {
    schema[keyword] = value;
    schema
}

/// An object with these keys and no others. All are always there, except those that some microversions do
/// not know.
#[must_use]
pub fn object<const N: usize>(properties: [(&str, Value); N]) -> Value {
    let required: Vec<&str> =
        properties.iter().filter(|(_, schema)| schema.get(SINCE).is_none()).map(|(name, _)| *name).collect();
    let required = json!(required);
    let properties: Map<String, Value> =
        properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The same object with a key that may be there.
#[must_use]
pub fn with_optional(mut object: Value, name: &str, schema: Value) -> Value {
    object["properties"][name] = schema;
    object
}

/// The schema of this name among the document's components.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
