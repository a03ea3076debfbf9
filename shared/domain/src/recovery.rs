//! What a request to recover a cluster or a node may say (spec api-resources I10, L5).

use crate::cluster::JsonMap;
use crate::fault::Fault;
use crate::pyrepr;
use serde_json::Value;

/// How a node can be recovered.
pub const OPERATIONS: [&str; 3] = [REBOOT, "REBUILD", "RECREATE"];

/// How a node can be rebooted.
pub const REBOOT_TYPES: [&str; 2] = ["SOFT", "HARD"];

const REBOOT: &str = "REBOOT";
const OPERATION: &str = "operation";
const OPERATION_PARAMS: &str = "operation_params";
const TYPE: &str = "type";

/// What is to be recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// The nodes of a cluster.
    Cluster,
    /// One node.
    Node,
}

impl Recovered {
    /// The parameters beside the operation and its own. Their values are not looked at.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Cluster => &["check", "check_capacity"],
            Self::Node => &["check", "delete_timeout", "force_recreate"],
        }
    }
}

/// The inputs of the action that a recovery with these parameters starts. Values are kept as they were
/// given, in whatever case.
///
/// # Errors
/// `BadRequest` for the first thing wrong: the operation, its parameters, then a parameter that is none.
/// Parameters of an operation that is not named are none.
pub fn inputs(given: &JsonMap, of: Recovered) -> Result<JsonMap, Fault> {
    let operation = given.get(OPERATION).map(operation).transpose()?;
    let parameters = given.get(OPERATION_PARAMS).filter(|_| operation.is_some());
    if let Some(parameters) = parameters
        && operation.is_some_and(|name| name.to_uppercase() == REBOOT)
    {
        check_reboot(parameters)?;
    }
    let known = |key: &str| match key {
        OPERATION => true,
        OPERATION_PARAMS => operation.is_some(),
        key => of.options().contains(&key),
    };
    let unknown: Vec<&String> = given.keys().filter(|key| !known(key)).collect();
    if unknown.is_empty() {
        return Ok(given.clone());
    }
    Err(Fault::bad_request(format!("Action parameter {} is not recognizable", pyrepr::repr_list(unknown))))
}

fn operation(given: &Value) -> Result<&str, Fault> {
    let name = given.as_str().ok_or_else(|| Fault::bad_request("operation has to be a string"))?;
    if OPERATIONS.contains(&name.to_uppercase().as_str()) {
        return Ok(name);
    }
    let text = format!("Operation value '{name}' has to be one of the following: {}", OPERATIONS.join(", "));
    Err(Fault::bad_request(text))
}

/// The parameters of a reboot. A type that is no string is refused like any other unknown type; the
/// reference fails on it.
fn check_reboot(parameters: &Value) -> Result<(), Fault> {
    let parameters =
        parameters.as_object().ok_or_else(|| Fault::bad_request("operation_params must be a map"))?;
    let Some(kind) = parameters.get(TYPE) else { return Ok(()) };
    if kind.as_str().is_some_and(|kind| REBOOT_TYPES.contains(&kind.to_uppercase().as_str())) {
        return Ok(());
    }
    Err(Fault::bad_request(format!(
        "Type field '{}' in operation_params has to be one of the following: {}",
        pyrepr::str(kind),
        REBOOT_TYPES.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::FaultKind;
    use serde_json::json;

    fn read(given: &Value, of: Recovered) -> Result<Value, String> {
        inputs(given.as_object().unwrap(), of).map(Value::from).map_err(|fault| {
            assert_eq!(fault.kind, FaultKind::BadRequest);
            fault.message
        })
    }

    #[test]
    fn what_is_acceptable_is_kept_as_it_was_given() {
        for given in [
            json!({}),
            json!({"operation": "reboot"}),
            json!({"operation": "REBOOT", "operation_params": {}}),
            json!({"operation": "Reboot", "operation_params": {"type": "soft", "more": 1}}),
            json!({"operation": "REBUILD", "operation_params": "anything"}),
            json!({"operation": "RECREATE", "operation_params": null, "check": "unchecked"}),
            json!({"check": null}),
        ] {
            for of in [Recovered::Cluster, Recovered::Node] {
                assert_eq!(read(&given, of), Ok(given.clone()));
            }
        }
    }

    #[test]
    fn clusters_and_nodes_have_options_of_their_own() {
        let cluster = json!({"operation": "REBUILD", "check": true, "check_capacity": 3});
        let node = json!({"check": true, "delete_timeout": "x", "force_recreate": []});
        assert_eq!(read(&cluster, Recovered::Cluster), Ok(cluster.clone()));
        assert_eq!(read(&node, Recovered::Node), Ok(node.clone()));
        assert_eq!(
            read(&cluster, Recovered::Node),
            Err("Action parameter ['check_capacity'] is not recognizable.".to_owned())
        );
        assert_eq!(
            read(&node, Recovered::Cluster),
            Err("Action parameter ['delete_timeout', 'force_recreate'] is not recognizable.".to_owned())
        );
    }

    #[test]
    fn the_first_thing_wrong_is_reported() {
        let operation = "Operation value 'fly' has to be one of the following: REBOOT, REBUILD, RECREATE.";
        let kind = |kind| {
            format!("Type field '{kind}' in operation_params has to be one of the following: SOFT, HARD.")
        };
        let reboot = |parameters: Value| json!({"operation": "reboot", "operation_params": parameters});
        for (given, text) in [
            (json!({"operation": null}), "operation has to be a string.".to_owned()),
            (json!({"operation": [{"name": "REBOOT"}]}), "operation has to be a string.".to_owned()),
            (json!({"operation": "fly", "operation_params": 1, "x": 1}), operation.to_owned()),
            (reboot(json!(null)), "operation_params must be a map.".to_owned()),
            (reboot(json!([])), "operation_params must be a map.".to_owned()),
            (reboot(json!({"type": "MEDIUM"})), kind("MEDIUM")),
            (reboot(json!({"type": null})), kind("None")),
            (
                json!({"operation_params": {}}),
                "Action parameter ['operation_params'] is not recognizable.".to_owned(),
            ),
            (
                json!({"b": 1, "a": 2, "check": true}),
                "Action parameter ['a', 'b'] is not recognizable.".to_owned(),
            ),
        ] {
            for of in [Recovered::Cluster, Recovered::Node] {
                assert_eq!(read(&given, of), Err(text.clone()), "{given}");
            }
        }
    }
}
