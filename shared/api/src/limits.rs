//! Limits on what is stored (the reference has none; a stored item is bounded here).

use crate::pipeline::URL_LIMIT;
use coppice_domain::fault::{Fault, FaultKind};
use serde::Serialize;

/// The largest metadata, spec or set of inputs, in bytes of JSON: 256 KB.
pub const VALUE_LIMIT: usize = 256 * 1024;

/// The largest that values kept in one item may be together, in bytes of JSON: 384 KB, of the 400 KB that
/// an item holds.
pub const TOGETHER_LIMIT: usize = 384 * 1024;

/// Checks that a URL made for a client is one that it can call; `name` is what the client calls it.
///
/// # Errors
/// `RequestLimitExceeded` when it is longer than [`URL_LIMIT`].
pub fn callable(name: &str, url: &str) -> Result<(), Fault> {
    within(name, url.len(), URL_LIMIT)
}

/// Checks that `value` fits into a stored item; `name` is what the client calls it.
///
/// # Errors
/// `RequestLimitExceeded` when it is larger than [`VALUE_LIMIT`].
pub fn storable(name: &str, value: &impl Serialize) -> Result<(), Fault> {
    bounded(name, value, VALUE_LIMIT)
}

/// Checks that values which are kept in one item fit it together; `name` is what the client calls them.
///
/// # Errors
/// `RequestLimitExceeded` when they are larger than [`TOGETHER_LIMIT`].
pub fn storable_together(name: &str, values: &impl Serialize) -> Result<(), Fault> {
    bounded(name, values, TOGETHER_LIMIT)
}

fn bounded(name: &str, value: &impl Serialize, limit: usize) -> Result<(), Fault> {
    within(name, serde_json::to_vec(value).map_or(0, |json| json.len()), limit)
}

fn within(name: &str, bytes: usize, limit: usize) -> Result<(), Fault> {
    if bytes <= limit {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::RequestLimitExceeded,
        format!(
            "Request limit exceeded: {name} ({bytes} bytes) exceeds the maximum allowed size ({limit} bytes)."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_larger_than_the_limit_is_refused() {
        let text = |length: usize| "x".repeat(length - 2);
        assert_eq!(storable("metadata", &text(VALUE_LIMIT)), Ok(()));
        let fault = storable("metadata", &text(VALUE_LIMIT + 1)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::RequestLimitExceeded);
        assert_eq!(
            fault.message,
            "Request limit exceeded: metadata (262145 bytes) exceeds the maximum allowed size \
             (262144 bytes)."
        );
    }
}
