//! The parameters of requests: microversion, path and query (spec api-common §3, §13).

use super::fields::{LONGEST_NAME, NAME};
use super::schema;
use crate::additions;
use crate::fields::query::{Listing, UUID_PATTERN, Values};
use crate::microversion::{HEADER, HISTORY, MIN, Microversion, SERVICE};
use crate::operation::{Operation, Parameter, Query};
use serde_json::{Value, json};

/// The name among the document's components of the header that every operation of the version takes.
pub(super) const MICROVERSION: &str = "Microversion";

/// The parameters of `operation`.
pub(super) fn of(operation: &Operation) -> Value {
    let mut parameters: Vec<Value> = operation.parameters().map(in_path).collect();
    match operation.query {
        Query::Nothing => {}
        Query::List(listing) => parameters.extend(of_list(listing)),
        Query::Of(declared) => parameters.extend(declared.iter().map(single)),
    }
    match operation.endpoint() {
        // Without the header the microversion is the oldest, which does not know this operation.
        Some(endpoint) if endpoint.since > MIN => parameters.push(microversion(endpoint.since)),
        _ if super::negotiates(operation) => {
            parameters.push(json!({ "$ref": format!("#/components/parameters/{MICROVERSION}") }));
        }
        _ => {}
    }
    Value::Array(parameters)
}

/// The header that asks for `oldest` or a later microversion.
pub(super) fn microversion(oldest: Microversion) -> Value {
    let mut versions: Vec<Microversion> = HISTORY.iter().map(|change| change.since).collect();
    versions.dedup();
    let known = versions.into_iter().filter(|version| *version >= oldest);
    let values: Vec<String> = known
        .map(|version| version.to_string())
        .chain(["latest".to_owned()])
        .map(|version| format!("{SERVICE} {version}"))
        .chain([format!("{SERVICE} latest, {} {}", additions::SERVICE, additions::VERSION)])
        .collect();
    json!({
        "name": HEADER,
        "in": "header",
        "required": oldest > MIN,
        "description": format!(
            "The microversion of the request, {MIN} if there is none; and whether it asks for what this service \
             adds to the API."
        ),
        "schema": schema::one_of(values.iter().map(String::as_str)),
    })
}

fn in_path(name: &str) -> Value {
    let description = match name {
        "type" => "A type and its version: `<name>-<version>`.",
        "path" => "A JSONPath, evaluated on the representation of each node.",
        _ => "An id, a name, or the beginning of an id.",
    };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": { "type": "string", "minLength": 1 },
    })
}

fn of_list(listing: &Listing) -> Vec<Value> {
    let mut parameters: Vec<Value> = listing
        .filters
        .iter()
        .map(|filter| {
            let schema = values(filter.values);
            let described = if filter.single { schema } else { schema::list(schema) };
            let described = match filter.since {
                Some(feature) => schema::since(feature, described),
                None => described,
            };
            in_query(filter.name, false, described)
        })
        .collect();
    let keys = format!("({})(:(asc|desc))?", listing.sort_keys.join("|"));
    parameters.push(in_query("sort", false, or_empty(&format!("{keys}(,{keys})*"))));
    if listing.paged {
        parameters.push(in_query("limit", false, json!({ "type": "integer", "minimum": 0 })));
        parameters.push(in_query("marker", false, or_empty(UUID_PATTERN)));
        parameters.push(in_query("global_project", false, schema::boolean()));
    }
    parameters
}

/// A string that matches, or the empty one, which is ignored.
fn or_empty(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^({pattern})?$") })
}

fn single(parameter: &Parameter) -> Value {
    let schema = values(parameter.values);
    let schema = if parameter.required { schema::with(schema, "minLength", 1.into()) } else { schema };
    let described = match parameter.since {
        Some(feature) => schema::since(feature, schema),
        None => schema,
    };
    in_query(parameter.name, parameter.required, described)
}

fn in_query(name: &str, required: bool, schema: Value) -> Value {
    schema::with(json!({ "name": name, "in": "query", "required": required }), "schema", schema)
}

fn values(values: Values) -> Value {
    match values {
        Values::Any => schema::text(),
        Values::OneOf(names) => schema::one_of(names.iter().copied()),
        // Of one value, as here, the empty one is ignored.
        Values::Name => schema::with(or_empty(NAME), "maxLength", LONGEST_NAME.into()),
        Values::Flag => schema::boolean(),
    }
}
