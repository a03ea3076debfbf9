//! Reads the points in time that configuration writes as text.

use coppice_domain::time::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Reads an optional RFC 3339 text.
pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    Timestamp::rfc3339(&text).map(Some).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is not a point in time such as 2027-01-31T00:00:00Z"))
    })
}
