//! Reading JSON, with Python's words for what is wrong with it.

use super::diagnose;
use coppice_domain::nesting::{MAX_DEPTH, nests_within};
use serde_json::Value;

/// The value that `bytes` spell. Of duplicate keys the last wins; integers beyond 64 bits and `-0` become
/// floats.
///
/// # Errors
/// The text Python's `json` module gives for the first syntax error or byte that is not UTF-8. Four
/// things that Python takes are refused, since a value here cannot hold them: the literals `NaN`,
/// `Infinity` and `-Infinity` (as values that are not there), numbers beyond a double's range, half a
/// surrogate pair, and nesting deeper than [`MAX_DEPTH`].
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| undecodable(bytes, error))?;
    let refused = |text: &str, otherwise: String| diagnose::diagnose(text).unwrap_or(otherwise);
    let value: Value = serde_json::from_str(text).map_err(|error| refused(text, error.to_string()))?;
    if nests_within(&value, MAX_DEPTH) { Ok(value) } else { Err(refused(text, String::new())) }
}

/// Python's text for bytes that are not UTF-8.
fn undecodable(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let start = error.valid_up_to();
    let end = error.error_len().map_or(bytes.len(), |length| start + length);
    let first = bytes.get(start).copied().unwrap_or_default();
    let reason = match error.error_len() {
        None => "unexpected end of data",
        Some(_) if matches!(first, 0xc2..=0xf4) => "invalid continuation byte",
        Some(_) => "invalid start byte",
    };
    if end - start == 1 {
        format!("'utf-8' codec can't decode byte 0x{first:02x} in position {start}: {reason}")
    } else {
        format!("'utf-8' codec can't decode bytes in position {start}-{}: {reason}", end - 1)
    }
}
