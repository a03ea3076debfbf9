//! Reads the points in time that configuration and Keystone write as text.

use coppice_domain::time::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The moment an RFC 3339 text names, such as Keystone's `2026-11-23T15:14:25.000000Z`.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1000).ok().map(Timestamp::from_micros)
}

/// Reads an optional RFC 3339 text.
pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    parse(&text).map(Some).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is not a point in time such as 2027-01-31T00:00:00Z"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_keystone_and_of_people_are_read() {
        for (text, micros) in [
            ("1970-01-01T00:00:01.000000Z", Some(1_000_000)),
            ("1970-01-01T00:00:01.5Z", Some(1_500_000)),
            ("1970-01-01T01:00:00+01:00", Some(0)),
            ("1970-01-01", None),
            ("1970-01-01T00:00:01", None),
            ("tomorrow", None),
        ] {
            assert_eq!(parse(text).map(Timestamp::micros), micros, "{text}");
        }
    }
}
