//! What the policies that place nodes have in common (spec schemas §4.5, §4.6).

use super::invalid;
use crate::cluster::JsonMap;
use crate::fault::Fault;
use serde_json::Value;

/// On creation every place must be one the backend knows, and it knows none without a name. The reference
/// sorts the names before it asks, and fails where only some are missing; `shown` is what its message
/// calls the places.
///
/// # Errors
/// `InvalidSpec`, or the generic 400 where the reference gives no reason.
pub(super) fn check_names(resolved: &JsonMap, property: &str, shown: &str) -> Result<(), Fault> {
    let places = resolved.get(property).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let nameless = places.iter().filter(|place| place.get("name").is_none_or(Value::is_null)).count();
    match nameless {
        0 => Ok(()),
        some if some < places.len() => Err(Fault::malformed()),
        _ => Err(invalid(format!("The specified {shown} '[None]' could not be found."))),
    }
}
