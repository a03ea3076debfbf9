//! The document as text.

use serde_json::Value;
use std::collections::BTreeMap;

/// `document` as text that is the same on every machine: keys sorted, a line for every value.
#[must_use]
pub fn render(document: &Value) -> String {
    format!("{:#}\n", sorted(document))
}

/// Sorted here, so that the order does not hang on a feature of the JSON library.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(map) => {
            let sorted: BTreeMap<&String, Value> =
                map.iter().map(|(key, item)| (key, sorted(item))).collect();
            sorted.into_iter().map(|(key, item)| (key.clone(), item)).collect()
        }
        other => other.clone(),
    }
}
