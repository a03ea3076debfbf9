//! Booleans that an endpoint reads itself: `global_project`, `enabled`, `show_details`, `force`
//! (spec api-common §12).

use coppice_domain::fault::Fault;
use coppice_domain::pyrepr;
use serde_json::Value;

/// `true` or `false` in any case.
///
/// # Errors
/// `HTTPBadRequest` naming the value and the parameter, for the empty string too.
pub fn parse(name: &str, text: &str) -> Result<bool, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Fault::http(format!("Invalid value '{text}' specified for '{name}'"))),
    }
}

/// The same for a value out of a body: a boolean, or a string that spells one.
///
/// # Errors
/// As [`parse`].
pub fn parse_value(name: &str, value: &Value) -> Result<bool, Fault> {
    parse(name, &pyrepr::str(value))
}
