//! Lists of identities and maps between them, as `add_nodes`, `del_nodes` and `replace_nodes` take them
//! (spec api-common §12, api-resources I1–I3).

use super::kind;
use coppice_domain::fault::Fault;
use coppice_domain::pyrepr;
use serde_json::Value;
use std::collections::HashSet;

/// Whether there is at least one item, every item converts to a string, and none does twice. What has no
/// items is the generic error; strings and objects are left to the check of JSON types.
///
/// # Errors
/// `HTTPBadRequest` with the reason.
pub(super) fn convert_list(name: &str, given: Option<&Value>) -> Result<(), Fault> {
    let empty = match given {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Bool(_) | Value::Number(_)) => return Err(Fault::malformed()),
    };
    if empty {
        return Err(Fault::http(format!("Value for '{name}' must have at least 1 item(s).")));
    }
    let Some(Value::Array(items)) = given else { return Ok(()) };
    for (index, item) in items.iter().enumerate() {
        convert_item(&format!("{name}[{index}]"), item)?;
    }
    if all_differ(items) { Ok(()) } else { Err(Fault::http(format!("Items for '{name}' must be unique"))) }
}

/// Whether it is an object that is not empty, every value converts to a string, and none does twice.
///
/// # Errors
/// `HTTPBadRequest` with the reason.
pub(super) fn convert_map(name: &str, given: Option<&Value>) -> Result<(), Fault> {
    let map = given.and_then(Value::as_object).filter(|map| !map.is_empty());
    let map = map.ok_or_else(|| Fault::http("The data provided is not a map"))?;
    for (key, value) in map {
        convert_item(&format!("{name}[{key}]"), value)?;
    }
    if all_differ(map.values()) { Ok(()) } else { Err(Fault::http("Map contains duplicated values")) }
}

/// Whether every item is a string indeed.
///
/// # Errors
/// `HTTPBadRequest` with the reason.
pub(super) fn elements(value: &Value) -> Result<(), Fault> {
    let items: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => return Ok(()),
    };
    match items.into_iter().find(|item| !item.is_string()) {
        Some(item) => Err(kind::wrong_type(item, &["string"], false)),
        None => Ok(()),
    }
}

fn convert_item(place: &str, item: &Value) -> Result<(), Fault> {
    if item.is_null() { Err(kind::not_none(place)) } else { kind::string(place, item) }
}

fn all_differ<'a>(items: impl IntoIterator<Item = &'a Value>) -> bool {
    let mut seen = HashSet::new();
    items.into_iter().all(|item| seen.insert(pyrepr::str(item)))
}
