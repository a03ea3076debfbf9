//! The bodies of requests (spec api-common §7).

use super::fields;
use super::schema;
use crate::call::Body;
use crate::microversion::MIN;
use crate::operation::{Choice, Operation, Payload};
use serde_json::{Value, json};

/// The body that `operation` takes; none if it takes none.
pub(super) fn of(operation: &Operation) -> Option<Value> {
    let schema = match operation.payload {
        Payload::Nothing => return None,
        Payload::Wrapped(key, object) => json!({
            "type": "object",
            "properties": { key: fields::object(&object) },
            "required": [key],
        }),
        Payload::Plain(object) => fields::object(&object),
        Payload::OneOf(choices) => one_of(choices),
        Payload::Named(object) => json!({
            "type": "object",
            "additionalProperties": fields::object(&object),
            "minProperties": 1,
            "maxProperties": 1,
        }),
        Payload::Revised { feature, now, before } => json!({
            "anyOf": [schema::since(feature, fields::object(&now)), fields::object(&before)],
        }),
    };
    let required = operation.endpoint().is_some_and(|endpoint| endpoint.body == Body::Required);
    Some(json!({ "required": required, "content": { "application/json": { "schema": schema } } }))
}

/// An object with exactly one of several keys.
fn one_of(choices: &[Choice]) -> Value {
    let alternatives = choices.iter().map(|choice| {
        let key = choice.key;
        let alternative = json!({
            "type": "object",
            "properties": { key: fields::object(&choice.object) },
            "required": [key],
            "additionalProperties": false,
        });
        let known_from_the_start = choice.since == MIN;
        if known_from_the_start { alternative } else { schema::since_version(choice.since, alternative) }
    });
    json!({ "oneOf": alternatives.collect::<Vec<_>>() })
}
