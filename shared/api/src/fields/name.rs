//! What may be a name (spec api-common §12).

use coppice_domain::fault::Fault;
use coppice_domain::pyrepr::{self, number};
use serde_json::Value;

/// The longest name, in characters.
const MAX: usize = 255;

/// Whether `value` may be a name. The reference takes the length before it looks at the type, so that an
/// empty list is too short, and only then trips over it.
///
/// # Errors
/// `HTTPBadRequest` with the reason; the generic one for what has no length or is no string.
pub(super) fn convert(field: &str, value: &Value) -> Result<(), Fault> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(map) => map.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => return Err(Fault::malformed()),
    };
    if length < 1 {
        let text = format!("The value for the {field} field must be at least 1 characters long.");
        return Err(Fault::http(text));
    }
    if length > MAX {
        let text = format!("The value for the {field} field must be less than {MAX} characters long.");
        return Err(Fault::http(text));
    }
    match value {
        Value::String(text) if is_legal(text) => Ok(()),
        Value::String(_) => Err(Fault::http(format!(
            "The value for the '{field}' ({}) contains illegal characters. It must contain only \
             alphanumeric or \"_-.~\" characters and must start with letter.",
            pyrepr::str(value)
        ))),
        _ => Err(Fault::malformed()),
    }
}

/// The pattern's end lets one newline pass, and despite its text any legal character may come first.
fn is_legal(text: &str) -> bool {
    text.strip_suffix('\n').unwrap_or(text).chars().all(|c| {
        c.is_ascii_alphanumeric()
            || matches!(c, '.' | '_' | '~' | '-' | '\u{4e00}'..='\u{9fa5}')
            || number::decimal_digit(c).is_some()
    })
}
