//! Where an answer leads: from what was made or listed to the operations on it, and from an accepted
//! request to its action.

use crate::operation::{Answer, Operation, Query, Shown, Verb};
use crate::views::ACTION_ID;
use serde_json::{Map, Value, json};

/// The links of `operation`'s answer.
pub(super) fn of(operation: &Operation, answer: &Answer, all: &[Operation]) -> Map<String, Value> {
    match answer.shown {
        Shown::One(key, each) if each.name == ACTION_ID.name => {
            below("/actions", all, &format!("$response.body#/{key}"))
        }
        Shown::One(key, _) if operation.method == Verb::Post => {
            below(operation.path, all, &format!("$response.body#/{key}/id"))
        }
        Shown::Many(key, _) if matches!(operation.query, Query::List(listing) if listing.paged) => {
            let shows = |each: &&Operation| each.method == Verb::Get;
            let shows: Vec<Operation> = all.iter().filter(shows).copied().collect();
            below(operation.path, &shows, &format!("$response.body#/{key}/0/id"))
        }
        _ => Map::new(),
    }
}

/// Links to the operations on one item of a collection.
fn below(collection: &str, all: &[Operation], id: &str) -> Map<String, Value> {
    let item = format!("{collection}/{{id}}");
    all.iter()
        .filter(|each| each.path.strip_prefix(item.as_str()).is_some_and(|rest| !rest.contains('{')))
        .map(|each| link(each, id))
        .collect()
}

/// A link to `operation` on the resource whose id is there.
fn link(operation: &Operation, id: &str) -> (String, Value) {
    (operation.id(), json!({ "operationId": operation.id(), "parameters": { "id": id } }))
}
