//! How deep values from outside may nest.

use serde_json::Value;

/// How deep arrays and objects may nest. The reference's limit is the interpreter's stack; readers of JSON
/// commonly stop at 128 levels, and what is sent here is kept and shown within other values.
pub const MAX_DEPTH: usize = 64;

/// Whether arrays and objects nest no deeper than `most`.
#[must_use]
pub fn nests_within(value: &Value, most: usize) -> bool {
    match value {
        Value::Array(items) => most > 0 && items.iter().all(|item| nests_within(item, most - 1)),
        Value::Object(map) => most > 0 && map.values().all(|item| nests_within(item, most - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn levels_are_counted_on_the_deepest_way() {
        for (value, levels) in [(json!(1), 0), (json!([]), 1), (json!({"a": 1, "b": [[1], {}]}), 3)] {
            assert!(nests_within(&value, levels), "{value}");
            assert!(levels == 0 || !nests_within(&value, levels - 1), "{value}");
        }
    }
}
