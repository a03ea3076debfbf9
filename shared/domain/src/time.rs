//! Points in time, their wire formats (spec api-common §16), and the clock as an argument.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// A point in time: microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Where "now" comes from; injected, so that a run can be replayed (invariant 9).
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const MICROSECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]");

impl Timestamp {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The moment that an RFC 3339 text names, such as `2026-11-23T15:14:25.000000Z`.
    #[must_use]
    pub fn rfc3339(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(moment.unix_timestamp_nanos() / 1000).ok().map(Self)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down: the unit of a DynamoDB expiry.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Seconds since the Unix epoch with their fraction, as `start_time` and `end_time` show.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "microseconds fit a double until the year 2255")]
    pub fn epoch(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// `2016-05-13T07:02:04Z`: most `*_at` fields.
    #[must_use]
    pub fn iso_z(self) -> String {
        self.format(SECONDS) + "Z"
    }

    /// `2016-01-01T00:00:00+00:00`: an event's timestamp.
    #[must_use]
    pub fn iso_offset(self) -> String {
        self.format(SECONDS) + "+00:00"
    }

    /// `2015-02-15T08:33:13.000000`: whole seconds, six digits, no zone.
    #[must_use]
    pub fn iso_micros(self) -> String {
        self.format(MICROSECONDS)
    }

    /// `2017-04-24T07:43:12`, and six digits more where there is a fraction of a second: a service's last
    /// sign of life.
    #[must_use]
    pub fn iso_bare(self) -> String {
        if self == self.truncated() { self.format(SECONDS) } else { self.iso_micros() }
    }

    /// The same moment without its fraction of a second, as a database column of seconds keeps it.
    #[must_use]
    pub const fn truncated(self) -> Self {
        Self(self.0.div_euclid(1_000_000) * 1_000_000)
    }

    fn format(self, format: &[BorrowedFormatItem<'_>]) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .ok()
            .and_then(|moment| moment.format(format).ok())
            .unwrap_or_default()
    }

    /// The time `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The time `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_of_the_wire() {
        let moment = Timestamp::from_micros(1_463_122_924_123_456);
        assert_eq!(moment.iso_z(), "2016-05-13T07:02:04Z");
        assert_eq!(moment.iso_offset(), "2016-05-13T07:02:04+00:00");
        assert_eq!(moment.iso_micros(), "2016-05-13T07:02:04.123456");
        assert_eq!(moment.truncated().iso_micros(), "2016-05-13T07:02:04.000000");
        assert_eq!(moment.iso_bare(), "2016-05-13T07:02:04.123456");
        assert_eq!(moment.truncated().iso_bare(), "2016-05-13T07:02:04");
        assert_eq!(moment.epoch().to_string(), "1463122924.123456");
        assert_eq!(moment.plus(Duration::from_secs(2)).since(moment), Duration::from_secs(2));
        assert_eq!(moment.since(moment.plus(Duration::from_secs(2))), Duration::ZERO);
    }

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
            assert_eq!(Timestamp::rfc3339(text).map(Timestamp::micros), micros, "{text}");
        }
    }
}
