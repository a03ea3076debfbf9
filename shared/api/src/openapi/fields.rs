//! Schemas of request fields, from the declarations that check them (spec api-common §12). A schema lets
//! through what is accepted as it stands; what some values are converted from is not described.

use super::schema;
use crate::fields::{Field, Kind, Rules, Unknown};
use crate::operation::Object;
use serde_json::{Map, Value, json};

/// The characters of names. Decimal digits of other scripts pass too.
pub(super) const NAME: &str = "[A-Za-z0-9._~\u{4e00}-\u{9fa5}-]+";
/// How many there may be.
pub(super) const LONGEST_NAME: usize = 255;

/// The schema of an object in a body.
pub(super) fn object(object: &Object) -> Value {
    let properties: Map<String, Value> =
        object.known(true).iter().map(|each| (each.name.to_owned(), described(object, each))).collect();
    let required: Vec<&str> =
        object.fields.iter().filter(|each| must_be_given(each)).map(|each| each.name).collect();
    let mut described = if object.nullable { schema::nullable(schema::map()) } else { schema::map() };
    if !properties.is_empty() {
        described["properties"] = properties.into();
    }
    if !required.is_empty() {
        described["required"] = json!(required);
    }
    if object.unknown == Unknown::Refused {
        described["additionalProperties"] = false.into();
    }
    described
}

/// The schema of a field, marked where only those know it who ask for additions.
fn described(object: &Object, each: &Field) -> Value {
    let known = object.fields.iter().any(|other| other.name == each.name);
    if known { field(each) } else { schema::added(field(each)) }
}

/// Lists and maps of identities are read as empty when they are absent, and may not be empty.
fn must_be_given(field: &Field) -> bool {
    field.required || matches!(field.kind, Kind::IdentityList | Kind::ReplaceMap)
}

fn field(field: &Field) -> Value {
    let described = kind(field.kind);
    // Null passes the first check of an enum and fails the second.
    let nullable = field.nullable && !matches!(field.kind, Kind::Enum(_));
    let described = if nullable { schema::nullable(described) } else { described };
    match field.since {
        Some(feature) => schema::since(feature, described),
        None => described,
    }
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::String => schema::text(),
        Kind::Name => name(),
        Kind::Capacity { min } => {
            let max = Rules::default().max_nodes_per_cluster;
            let digits = max.to_string().len() - 1;
            json!({ "anyOf": [
                { "type": "integer", "minimum": min, "maximum": max },
                { "type": "string", "pattern": format!("^[0-9]{{1,{digits}}}$") },
            ] })
        }
        Kind::NonNegativeInt => json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^[0-9]+$" },
        ] }),
        Kind::Number => schema::number(),
        Kind::Boolean => schema::boolean(),
        Kind::JsonMap => schema::map(),
        Kind::Enum(values) => schema::one_of(values.iter().copied()),
        Kind::IdentityList => {
            json!({ "type": "array", "items": schema::text(), "minItems": 1, "uniqueItems": true })
        }
        Kind::Any => json!({}),
        Kind::ReplaceMap => {
            json!({ "type": "object", "additionalProperties": schema::text(), "minProperties": 1 })
        }
    }
}

/// What may be a name.
fn name() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_NAME,
        "pattern": format!("^{NAME}$"),
    })
}
