//! The one key a body wraps its resource in (spec api-common §7). Other keys beside it are ignored.

use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::pyrepr;
use serde_json::Value;

/// What stands under `key` in the body of a creation or validation.
///
/// # Errors
/// `HTTPBadRequest`: the key is missing, is null (without a reason), or is no object.
pub fn create<'a>(body: &'a JsonMap, key: &str) -> Result<&'a JsonMap, Fault> {
    match body.get(key) {
        None => Err(Fault::http(format!("Request body missing '{key}' key."))),
        Some(Value::Null) => Err(Fault::malformed()),
        Some(Value::Object(inner)) => Ok(inner),
        Some(other) => Err(not_an_object(other)),
    }
}

/// What stands under `key` in the body of an update. Only profiles and policies say what is wrong with a
/// value that is no object.
///
/// # Errors
/// `HTTPBadRequest`: the key is missing or null, or is no object.
pub fn update<'a>(body: &'a JsonMap, key: &str) -> Result<&'a JsonMap, Fault> {
    match body.get(key) {
        None | Some(Value::Null) => {
            Err(Fault::http(format!("Malformed request data, missing '{key}' key in request body.")))
        }
        Some(Value::Object(inner)) => Ok(inner),
        Some(other) if matches!(key, "profile" | "policy") => Err(not_an_object(other)),
        Some(_) => Err(Fault::malformed()),
    }
}

fn not_an_object(value: &Value) -> Fault {
    Fault::http(format!("{} is not of type 'object'", pyrepr::repr(value)))
}
