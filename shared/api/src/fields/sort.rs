//! The `sort` parameter of lists (spec api-common §13).

use coppice_domain::fault::Fault;

/// `key[:asc|desc]{,key[:asc|desc]}` as `(key, descending)`, ascending without a direction.
///
/// # Errors
/// `HTTPBadRequest` for the first entry without a key, with another direction, or with a key that is not
/// among `keys`.
pub(super) fn parse(text: &str, keys: &[&str]) -> Result<Vec<(String, bool)>, Fault> {
    text.split(',').map(|entry| parse_entry(entry, keys)).collect()
}

fn parse_entry(entry: &str, keys: &[&str]) -> Result<(String, bool), Fault> {
    let (key, direction) = entry.split_once(':').unwrap_or((entry, ""));
    let problem = if key.is_empty() {
        "Missing sort key".to_owned()
    } else if !matches!(direction, "" | "asc" | "desc") {
        format!("Unsupported sort dir '{direction}'")
    } else if !keys.contains(&key) {
        format!("Unsupported sort key '{key}'")
    } else {
        return Ok((key.to_owned(), direction == "desc"));
    };
    Err(Fault::http(format!("{problem} for 'sort'.")))
}
