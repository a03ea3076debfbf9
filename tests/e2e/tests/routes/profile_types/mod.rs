//! `/v1/profile-types` (spec api-resources D).

mod list;
mod ops;
mod show;

use serde_json::{Map, Value, json};

/// What describes itself, without its descriptions, each of which says something.
fn undescribed(node: &Value) -> Value {
    let Value::Object(entries) = node else { return node.clone() };
    assert_ne!(entries.get("description"), Some(&json!("")), "{node}");
    let kept = entries.iter().filter(|(key, value)| *key != "description" || !value.is_string());
    Value::Object(kept.map(|(key, value)| (key.clone(), undescribed(value))).collect::<Map<_, _>>())
}
