//! The answers of operations: what they give, and how they refuse (spec api-common §8–§10).

use super::components::{self, BAD_REQUEST, NOT_ACCEPTABLE, NOT_FOUND, UNAUTHORIZED, URI_TOO_LONG};
use super::{links, schema};
use crate::operation::{Answer, Operation, Query, Shown};
use crate::rbac;
use coppice_domain::fault::FaultKind;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The answers of `operation`, by status. `all` are the operations that links may lead to.
pub(super) fn of(operation: &Operation, all: &[Operation]) -> Value {
    let mut answers: Map<String, Value> = Map::new();
    if let Some(answer) = &operation.answer {
        let mut given = success(answer);
        let links = links::of(operation, answer, all);
        if !links.is_empty() {
            given["links"] = links.into();
        }
        answers.insert(answer.status.to_string(), given);
    }
    let mut refer = |name: &str, status: u16| {
        answers.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{name}") }));
    };
    refer(URI_TOO_LONG, 414);
    if operation.needs_token() {
        refer(UNAUTHORIZED, 401);
    }
    if super::negotiates(operation) {
        refer(BAD_REQUEST, 400);
        refer(NOT_ACCEPTABLE, 406);
    }
    if operation.parameters().next().is_some() {
        refer(NOT_FOUND, 404);
    }
    for (status, kinds) in refusals(operation) {
        // What is said of these two already holds for every kind of fault.
        if status != 400 && !(status == 404 && operation.parameters().next().is_some()) {
            answers.insert(status.to_string(), refusal(&kinds));
        }
    }
    answers.into()
}

/// How `operation` refuses, by status: what it declares, and what follows from its query and its rule.
fn refusals(operation: &Operation) -> BTreeMap<u16, Vec<FaultKind>> {
    let lists_projects = matches!(operation.query, Query::List(listing) if listing.paged);
    let guarded = operation.endpoint().is_some_and(|endpoint| rbac::is_restricted(endpoint.rule));
    let forbidden = (lists_projects || guarded).then_some(FaultKind::Forbidden);
    let mut by_status: BTreeMap<u16, Vec<FaultKind>> = BTreeMap::new();
    for kind in forbidden.into_iter().chain(operation.refusals.iter().copied()) {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    by_status
}

/// A refusal of one of these kinds.
fn refusal(kinds: &[FaultKind]) -> Value {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let kind = json!({ "properties": { "type": { "enum": names } } });
    let schema = json!({
        "allOf": [schema::reference(components::ERROR), { "properties": { "error": kind } }],
    });
    json!({
        "description": quoted.join(", "),
        "headers": components::headers(false, false),
        "content": { "application/json": { "schema": schema } },
    })
}

fn success(answer: &Answer) -> Value {
    let status = StatusCode::from_u16(answer.status).ok();
    let mut given = json!({
        "description": status.and_then(|status| status.canonical_reason()).unwrap_or("Done"),
        "headers": components::headers(answer.versioned, answer.location),
    });
    if let Some(content) = content(&answer.shown) {
        given["content"] = content;
    }
    given
}

/// The forms of a body; none if there is none.
fn content(shown: &Shown) -> Option<Value> {
    let schema = match shown {
        Shown::One(key, each) => schema::object([(key, schema::reference(each.name))]),
        Shown::Many(key, each) => schema::object([(key, schema::list(schema::reference(each.name)))]),
        Shown::Whole(whole) => schema::reference(whole.name),
        Shown::Null => json!({ "type": "null" }),
        Shown::Status => return Some(components::forms(&schema::reference(components::RAW))),
        Shown::Nothing => return None,
    };
    Some(json!({ "application/json": { "schema": schema } }))
}
