//! Time zones, and what becomes of local times that a zone does not have, or has twice.

use super::NotASchedule;
use crate::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

/// A time zone of the IANA database that is built in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of a schedule that names none.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of this name, such as `Europe/Zurich`.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self, NotASchedule> {
        // The bundled database: which zones there are must not depend on the machine.
        let found = TimeZoneDatabase::bundled().get(name);
        found.map(Self).map_err(|_| NotASchedule::Zone(name.to_owned()))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What clocks show there at `moment`; none for a time beyond all calendars.
    pub(super) fn local(&self, moment: Timestamp) -> Option<DateTime> {
        let moment = jiff::Timestamp::from_microsecond(moment.micros()).ok()?;
        Some(self.0.to_datetime(moment))
    }

    /// When clocks there show `local`: the first time, where they show it twice; and where they skip it, the
    /// moment at which they do.
    pub(super) fn moment(&self, local: DateTime) -> Option<Timestamp> {
        let ambiguous = self.0.to_ambiguous_timestamp(local);
        let offset = ambiguous.offset();
        let earlier = ambiguous.earlier().ok()?;
        let moment = match offset {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => earlier,
            // Read with the offset from after the gap it is before it: the next change is the gap.
            AmbiguousOffset::Gap { .. } => self.0.following(earlier).next()?.timestamp(),
        };
        Some(Timestamp::from_micros(moment.as_microsecond()))
    }
}

impl TryFrom<String> for Zone {
    type Error = NotASchedule;

    fn try_from(name: String) -> Result<Self, NotASchedule> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}
