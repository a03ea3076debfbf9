use super::*;
use serde_json::json;

mod creation;
mod semantics;
mod specs;
mod types;

/// The least interval between health checks, as the reference ships it.
const INTERVAL_MIN: i64 = 60;

fn map(value: Value) -> JsonMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

/// A spec of `senlin.policy.<kind>` 1.0.
fn spec(kind: &str, properties: Value) -> JsonMap {
    let mut spec = map(json!({"type": format!("senlin.policy.{kind}"), "version": "1.0"}));
    spec.insert("properties".to_owned(), properties);
    spec
}

fn refused(spec: &JsonMap) -> (u16, &'static str, String) {
    let fault = validate_policy_spec(spec, INTERVAL_MIN).unwrap_err();
    (fault.kind.status(), fault.kind.name(), fault.message)
}

fn accepted(spec: &JsonMap) -> bool {
    validate_policy_spec(spec, INTERVAL_MIN).is_ok()
}
