//! Whether a value is what a schema says: for tests that hold representations to their schemas. It knows
//! the keywords that this crate's schemas use, and fails with those that it does not know. Patterns are
//! left to the tools that read the whole document.
#![expect(clippy::panic, reason = "only tests call this; they fail with it")]

use super::components;
use crate::operation::Representation;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Fails unless `value` is what `representation` says.
///
/// # Panics
/// When it is not, with everything that is wrong.
#[track_caller]
pub fn assert_conforms(representation: Representation, value: &Value) {
    let complaints = complaints(&(representation.schema)(), &components::shared(), value);
    assert!(complaints.is_empty(), "{}: {}\n{value:#}", representation.name, complaints.join("; "));
}

/// What is wrong with `value`; `components` are the schemas that `schema` may refer to.
///
/// # Panics
/// When the schema has a keyword that is not known here.
#[must_use]
pub fn complaints(schema: &Value, components: &Map<String, Value>, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, components, value, "", &mut found);
    found
}

fn check(schema: &Value, components: &Map<String, Value>, value: &Value, at: &str, found: &mut Vec<String>) {
    let keywords = schema.as_object().unwrap_or_else(|| panic!("{at}: a schema is an object, not {schema}"));
    for (keyword, wanted) in keywords {
        if keyword == "$ref" {
            let name = wanted.as_str().and_then(|path| path.strip_prefix("#/components/schemas/"));
            let named = name.and_then(|name| components.get(name));
            let named = named.unwrap_or_else(|| panic!("{at}: {wanted} leads nowhere"));
            check(named, components, value, at, found);
        } else if keyword == "properties" {
            for (key, item) in value.as_object().into_iter().flatten() {
                if let Some(schema) = wanted.get(key) {
                    check(schema, components, item, &format!("{at}/{key}"), found);
                }
            }
        } else if keyword == "additionalProperties" {
            let declared = |key: &String| keywords.get("properties").and_then(|all| all.get(key)).is_some();
            for (key, item) in value.as_object().into_iter().flatten().filter(|(key, _)| !declared(key)) {
                match wanted {
                    Value::Bool(true) => {}
                    Value::Bool(false) => found.push(format!("{at}/{key} is not declared")),
                    schema => check(schema, components, item, &format!("{at}/{key}"), found),
                }
            }
        } else if keyword == "items" {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                check(wanted, components, item, &format!("{at}/{index}"), found);
            }
        } else if !simple(keyword, wanted, value, components) {
            found.push(format!("{at}: {value} against {keyword} {wanted}"));
        }
    }
}

/// Whether `value` is as one keyword wants it that looks at nothing deeper.
fn simple(keyword: &str, wanted: &Value, value: &Value, components: &Map<String, Value>) -> bool {
    let entries = || wanted.as_array().into_iter().flatten();
    let at_least = |length: Option<usize>| length.is_none_or(|length| json_count(wanted) <= length);
    match keyword {
        "type" if wanted.is_array() => entries().any(|name| is_a(name, value)),
        "type" => is_a(wanted, value),
        "enum" => entries().any(|each| each == value),
        "allOf" => entries().all(|schema| complaints(schema, components, value).is_empty()),
        "anyOf" => entries().any(|schema| complaints(schema, components, value).is_empty()),
        "required" => value
            .as_object()
            .is_none_or(|map| entries().all(|name| name.as_str().is_some_and(|name| map.contains_key(name)))),
        "minimum" => value.as_f64().is_none_or(|number| Some(number) >= wanted.as_f64()),
        "maximum" => value.as_f64().is_none_or(|number| Some(number) <= wanted.as_f64()),
        "minItems" => at_least(value.as_array().map(Vec::len)),
        "minProperties" => at_least(value.as_object().map(Map::len)),
        "minLength" => at_least(value.as_str().map(|text| text.chars().count())),
        "format" => value.as_str().is_none_or(|text| is_formatted(wanted, text)),
        "description" | "pattern" | super::schema::SINCE => true,
        unknown => panic!("the keyword {unknown} is not known here"),
    }
}

fn json_count(value: &Value) -> usize {
    value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX)
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => panic!("{name} is no type"),
    }
}

fn is_formatted(format: &Value, text: &str) -> bool {
    match format.as_str() {
        Some("uuid") => Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text),
        Some("date-time") => {
            time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
        }
        _ => panic!("the format {format} is not known here"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::{integer, list, nullable, object, one_of, since, text, uuid};
    use super::*;
    use crate::microversion::Feature;
    use serde_json::json;

    #[test]
    fn what_does_not_conform_is_told_with_its_place() {
        let schema = object([
            ("id", uuid()),
            ("size", nullable(integer())),
            ("kind", one_of(["a", "b"])),
            ("names", list(text())),
            ("late", since(Feature::Tainted, text())),
        ]);
        let good = json!({ "id": "00000000-0000-0000-0000-000000000001", "size": null, "kind": "b",
            "names": ["x"], "late": "y" });
        assert_eq!(complaints(&schema, &Map::new(), &good), Vec::<String>::new());
        for (key, value) in [
            ("id", json!("00000000000000000000000000000001")),
            ("size", json!(1.5)),
            ("kind", json!("c")),
            ("names", json!([1])),
            ("late", json!(null)),
            ("other", json!(1)),
        ] {
            let mut wrong = good.clone();
            wrong[key] = value;
            let found = complaints(&schema, &Map::new(), &wrong);
            assert_eq!(found.len(), 1, "{key}: {found:?}");
            assert!(found[0].starts_with(&format!("/{key}")), "{found:?}");
        }
        let mut short = good;
        short.as_object_mut().unwrap().remove("late");
        assert!(complaints(&schema, &Map::new(), &short).is_empty());
        short.as_object_mut().unwrap().remove("kind");
        assert_eq!(complaints(&schema, &Map::new(), &short).len(), 1);
    }
}
