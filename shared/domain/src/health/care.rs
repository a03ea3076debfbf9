//! What a health policy says about recovering nodes, in types (spec schemas §4.3).

use super::breaker::Limits;
use crate::cluster::JsonMap;
use serde_json::{Value, json};
use std::time::Duration;

/// How sick nodes are recovered.
#[derive(Clone, Debug, PartialEq)]
pub struct Care {
    /// What is done to a node: `REBOOT`, `REBUILD` or `RECREATE`. A policy that does not say remakes it.
    pub operation: String,
    /// Parameters of that.
    pub params: JsonMap,
    /// Seconds to wait for an instance to be gone before it is remade, as given.
    pub delete_timeout: Value,
    /// Whether it is remade though it could not be deleted, as given.
    pub force_recreate: Value,
    /// How much recovery the cluster may see. Without limits in policies of versions before 1.3.
    pub limits: Limits,
    /// The time over which recoveries are counted.
    pub window: Duration,
}

/// The share of the members, in percent, up to which sick ones are recovered, unless a policy that has a circuit
/// breaker says otherwise.
pub const MAX_SICK_PERCENT: i64 = 40;
/// Most recoveries within the window, unless such a policy says otherwise.
pub const MAX_RECOVERIES: i64 = 100;
/// The window, in seconds, unless such a policy says otherwise.
pub const WINDOW: i64 = 3600;

/// What recreates an instance.
pub const RECREATE: &str = "RECREATE";

impl Care {
    /// What a health policy's resolved properties say.
    #[must_use]
    pub fn read(properties: &JsonMap) -> Self {
        let none = JsonMap::new();
        let part = properties.get("recovery").and_then(Value::as_object).unwrap_or(&none);
        let action = part.get("actions").and_then(|actions| actions.get(0));
        let name = action.and_then(|action| action.get("name")).and_then(Value::as_str);
        let params = action.and_then(|action| action.get("params")).and_then(Value::as_object);
        let breaker = part.get("circuit_breaker").and_then(Value::as_object);
        let breaker = breaker.filter(|each| each.get("enabled").and_then(Value::as_bool).unwrap_or(true));
        let number = |key: &str, otherwise: i64| {
            let given = breaker?.get(key).and_then(Value::as_i64).unwrap_or(otherwise);
            u64::try_from(given).ok()
        };
        Self {
            operation: name.unwrap_or(RECREATE).to_owned(),
            params: params.cloned().unwrap_or_default(),
            delete_timeout: part.get("node_delete_timeout").cloned().unwrap_or(Value::Null),
            force_recreate: part.get("node_force_recreate").cloned().unwrap_or(Value::Null),
            limits: Limits {
                share: number("max_sick_percent", MAX_SICK_PERCENT)
                    .and_then(|share| u8::try_from(share).ok()),
                recoveries: number("max_recoveries", MAX_RECOVERIES),
            },
            window: Duration::from_secs(number("window", WINDOW).unwrap_or(3600).max(1)),
        }
    }

    /// The inputs of the action that recovers a node; one that has no instance can only be remade.
    #[must_use]
    pub fn inputs(&self, has_instance: bool) -> JsonMap {
        let operation = if has_instance { self.operation.as_str() } else { RECREATE };
        let mut inputs = JsonMap::from_iter([
            ("operation".to_owned(), json!(operation)),
            ("delete_timeout".to_owned(), self.delete_timeout.clone()),
            ("force_recreate".to_owned(), self.force_recreate.clone()),
        ]);
        if operation == self.operation && !self.params.is_empty() {
            inputs.insert("operation_params".to_owned(), Value::Object(self.params.clone()));
        }
        inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(recovery: &Value) -> Care {
        Care::read(json!({ "recovery": recovery }).as_object().unwrap())
    }

    #[test]
    fn rhe_17_what_is_not_said_is_the_default_and_nothing_is_limited() {
        let care = read(&json!({ "actions": [] }));
        assert_eq!((care.operation.as_str(), care.params.len()), (RECREATE, 0), "RHE-17");
        assert_eq!(care.limits, Limits { share: None, recoveries: None });
        assert_eq!(Care::read(&JsonMap::new()), read(&json!({})));
    }

    #[test]
    fn the_breaker_is_read_unless_it_is_off() {
        let breaker = |enabled: bool| {
            let breaker = json!({
                "enabled": enabled, "max_sick_percent": 30, "max_recoveries": 7, "window": 600
            });
            read(&json!({ "actions": [], "circuit_breaker": breaker }))
        };
        let on = breaker(true);
        assert_eq!(on.limits, Limits { share: Some(30), recoveries: Some(7) });
        assert_eq!(on.window, Duration::from_secs(600));
        assert_eq!(breaker(false).limits, Limits { share: None, recoveries: None });
        let unsaid = read(&json!({ "actions": [], "circuit_breaker": {} }));
        assert_eq!(unsaid.limits, Limits { share: Some(40), recoveries: Some(100) });
    }

    /// POL-20: what a policy says about the action is heeded.
    #[test]
    fn engine_nodes_8_pol_20_the_action_is_told_what_the_policy_says() {
        let care = read(&json!({
            "actions": [{ "name": "REBOOT", "params": { "type": "SOFT" } }],
            "node_delete_timeout": 9, "node_force_recreate": true,
        }));
        let given = Value::Object(care.inputs(true));
        let expected = json!({
            "operation": "REBOOT", "operation_params": { "type": "SOFT" }, "delete_timeout": 9,
            "force_recreate": true,
        });
        assert_eq!(given, expected);
        let remade = Value::Object(care.inputs(false));
        assert_eq!(remade, json!({ "operation": "RECREATE", "delete_timeout": 9, "force_recreate": true }));
    }
}
