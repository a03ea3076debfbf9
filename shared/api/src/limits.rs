//! Limits on what is stored (the reference has none; a stored item is bounded here).

use coppice_domain::fault::{Fault, FaultKind};
use serde::Serialize;

/// The largest metadata, spec or set of inputs, in bytes of JSON: 256 KB.
pub const VALUE_LIMIT: usize = 256 * 1024;

/// Checks that `value` fits into a stored item; `name` is what the client calls it.
///
/// # Errors
/// `RequestLimitExceeded` when it is larger than [`VALUE_LIMIT`].
pub fn storable(name: &str, value: &impl Serialize) -> Result<(), Fault> {
    let bytes = serde_json::to_vec(value).map_or(0, |json| json.len());
    if bytes <= VALUE_LIMIT {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::RequestLimitExceeded,
        format!(
            "Request limit exceeded: {name} ({bytes} bytes) exceeds the maximum allowed size \
             ({VALUE_LIMIT} bytes)."
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
