//! The API's description, an OpenAPI 3.1 document, made from the [`Operation`]s that also route it.
//!
//! Requests are described by the declarations that check them ([`crate::fields`]), answers by schemas that
//! stand beside the functions that render them ([`crate::views`]).

mod answers;
mod components;
#[cfg(any(test, feature = "testing"))]
pub mod conform;
mod fields;
mod links;
mod parameters;
mod payloads;
mod render;
pub mod schema;
#[cfg(test)]
mod tests;

pub use render::render;

use crate::microversion::{MAX, MIN};
use crate::operation::{Guard, Operation};
use serde_json::{Map, Value, json};

/// Where the document is served, inside the version.
pub const PATH: &str = "/openapi.json";

/// What stands before the paths of operations; those outside the version say so by this alone.
const MOUNT: &str = "/v1";

/// The document that describes these operations, and the version documents beside them.
#[must_use]
pub fn document(operations: &[Operation]) -> Value {
    let outside = crate::document::OPERATIONS.iter().map(|each| ("", each));
    let inside = operations.iter().map(|each| (MOUNT, each));
    let described: Vec<(&str, &Operation)> = outside.chain(inside).collect();
    let mut paths: Map<String, Value> = Map::new();
    for (mount, operation) in &described {
        let path = paths.entry(format!("{mount}{}", operation.path)).or_insert_with(|| json!({}));
        path[operation.method.name().to_ascii_lowercase()] = described_as(operation, operations);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Clustering API",
            "version": MAX.to_string(),
            "description": components::INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ components::TOKEN: [] }],
        "tags": tags(&described),
        "paths": paths,
        "components": components::components(described.iter().map(|(_, operation)| *operation)),
    })
}

fn described_as(operation: &Operation, all: &[Operation]) -> Value {
    let mut described = json!({
        "operationId": operation.id(),
        "summary": operation.summary,
        "tags": [tag(operation)],
        "parameters": parameters::of(operation),
        "responses": answers::of(operation, all),
    });
    if let Some(endpoint) = operation.endpoint() {
        described["x-rule"] = endpoint.rule.into();
        if endpoint.since > MIN {
            described["x-since"] = endpoint.since.to_string().into();
        }
    }
    if !operation.needs_token() {
        described["security"] = json!([]);
    }
    if let Some(body) = payloads::of(operation) {
        described["requestBody"] = body;
    }
    described
}

/// Whether a microversion is looked for: everywhere inside the version.
fn negotiates(operation: &Operation) -> bool {
    !matches!(operation.guard, Guard::Open(_)) || !matches!(operation.path, "/" | "/versions")
}

/// What an operation is about: its path's first name.
fn tag(operation: &Operation) -> &'static str {
    match operation.path.split('/').nth(1) {
        Some(name) if !name.is_empty() && !matches!(operation.guard, Guard::Open(_)) => name,
        _ => "versions",
    }
}

fn tags(described: &[(&str, &Operation)]) -> Value {
    let mut names: Vec<&str> = described.iter().map(|(_, operation)| tag(operation)).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| json!({ "name": name })).collect()
}
