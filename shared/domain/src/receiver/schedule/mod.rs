//! When a receiver of type `schedule` acts. An addition of this service: the reference has no such receivers.
//!
//! A schedule is a cron expression or a single time, on the clocks of a time zone. Clocks that are put
//! forward skip times: what was to run then runs once, at the moment of the change. Clocks that are put back
//! show times twice: what is to run then runs the first time only.

mod cron;
mod field;
mod zone;

pub use cron::Cron;
pub use zone::Zone;

use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::ids::{ActionId, ReceiverId, derive};
use crate::time::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// What a schedule can do to its cluster.
pub const SCHEDULED_ACTIONS: [ActionKind; 6] = [
    ActionKind::ClusterResize,
    ActionKind::ClusterScaleOut,
    ActionKind::ClusterScaleIn,
    ActionKind::ClusterCheck,
    ActionKind::ClusterRecover,
    ActionKind::ClusterOperation,
];

/// By how much a run may be late, before it counts as missed.
pub const LATE: Duration = Duration::from_secs(300);

/// The longest text in a schedule.
const LONGEST: usize = 255;

/// When to act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The times.
    #[serde(flatten)]
    pub when: When,
    /// On whose clocks.
    pub timezone: Zone,
    /// What becomes of times at which nobody was there to act.
    pub missed: Missed,
}

/// The times of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Again and again.
    Cron(Cron),
    /// Once.
    At(At),
}

/// A single time: on local clocks, or with an offset of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct At {
    text: String,
    time: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Local(DateTime),
    Exact(Timestamp),
}

/// What becomes of times at which nobody was there to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// However many there are, one run makes up for them.
    RunOnce,
    /// They are left out.
    Skip,
}

/// What to do about a run that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whether to act.
    pub acts: bool,
    /// The run after it; none if there is none.
    pub next: Option<Timestamp>,
}

/// Why something is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASchedule {
    /// Not one of the two.
    #[error("A schedule has either 'cron' or 'at'")]
    When,
    /// A key that schedules do not have.
    #[error("A schedule has no '{0}'")]
    Unknown(String),
    /// A value that is no text.
    #[error("The schedule's '{0}' is not a string")]
    NoText(&'static str),
    /// A text that would not end.
    #[error("The schedule's '{0}' is longer than 255 bytes")]
    Long(&'static str),
    /// A cron expression of another length.
    #[error(
        "A cron expression has 5 fields (minute, hour, day of the month, month, day of the week), not {0}"
    )]
    Fields(usize),
    /// A field of a cron expression that cannot be read.
    #[error("'{text}' in the cron expression's {name} is not {wanted}")]
    Field {
        /// The field.
        name: &'static str,
        /// What stands there.
        text: String,
        /// What would do.
        wanted: String,
    },
    /// No time zone.
    #[error("'{0}' is not a time zone of the IANA database")]
    Zone(String),
    /// No time.
    #[error("'{0}' is not a time such as 2026-12-24T18:00:00, or 2026-12-24T18:00:00+01:00")]
    At(String),
    /// Neither way to treat missed times.
    #[error("'{0}' is not acceptable for the schedule's 'missed': 'run_once' and 'skip' are")]
    Missed(String),
    /// No time to come.
    #[error("The schedule never runs: there is no such time to come")]
    Never,
}

impl Schedule {
    /// Reads a schedule as requests have it, which is to run after `now`.
    ///
    /// # Errors
    /// When it is none, or has no run to come.
    pub fn parse(given: &JsonMap, now: Timestamp) -> Result<Self, NotASchedule> {
        let known = ["cron", "at", "timezone", "missed"];
        if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(NotASchedule::Unknown(unknown.clone()));
        }
        let when = match (text(given, "cron")?, text(given, "at")?) {
            (Some(cron), None) => When::Cron(Cron::parse(cron)?),
            (None, Some(at)) => When::At(At::parse(at)?),
            _ => return Err(NotASchedule::When),
        };
        let timezone = text(given, "timezone")?.map_or(Ok(Zone::UTC), Zone::parse)?;
        let missed = match text(given, "missed")? {
            None | Some("run_once") => Missed::RunOnce,
            Some("skip") => Missed::Skip,
            Some(other) => return Err(NotASchedule::Missed(other.to_owned())),
        };
        let schedule = Self { when, timezone, missed };
        schedule.next(now).map(|_| schedule).ok_or(NotASchedule::Never)
    }

    /// The first run strictly after `after`; none if there is none.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let later = |moment: &Timestamp| *moment > after;
        match &self.when {
            When::At(At { time: Time::Exact(moment), .. }) => Some(*moment).filter(later),
            When::At(At { time: Time::Local(local), .. }) => self.timezone.moment(*local).filter(later),
            // Times that clocks show for the second time are past: they ran the first time.
            When::Cron(cron) => cron
                .after(self.timezone.local(after)?)
                .filter_map(|local| self.timezone.moment(local))
                .find(later),
        }
    }

    /// What to do at `now` about `run`, which is due.
    #[must_use]
    pub fn turn(&self, run: Timestamp, now: Timestamp) -> Turn {
        let missed = now.since(run) > LATE;
        Turn {
            acts: !missed || self.missed == Missed::RunOnce,
            next: self.next(if missed { now.max(run) } else { run }),
        }
    }
}

impl At {
    fn parse(text: &str) -> Result<Self, NotASchedule> {
        let exact = text.parse::<jiff::Timestamp>().ok();
        let time = match exact {
            Some(moment) => Time::Exact(Timestamp::from_micros(moment.as_microsecond())),
            None => Time::Local(text.parse::<DateTime>().map_err(|_| NotASchedule::At(text.to_owned()))?),
        };
        Ok(Self { text: text.to_owned(), time })
    }
}

impl TryFrom<String> for At {
    type Error = NotASchedule;

    fn try_from(text: String) -> Result<Self, NotASchedule> {
        Self::parse(&text)
    }
}

impl From<At> for String {
    fn from(at: At) -> Self {
        at.text
    }
}

/// The action of a run: whoever starts it, and however often, it is this one (invariant 3).
#[must_use]
pub fn scheduled(receiver: ReceiverId, run: Timestamp) -> ActionId {
    ActionId::new(derive(receiver.uuid(), "run", &run.micros().to_be_bytes()))
}

fn text<'a>(given: &'a JsonMap, key: &'static str) -> Result<Option<&'a str>, NotASchedule> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() > LONGEST => Err(NotASchedule::Long(key)),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(NotASchedule::NoText(key)),
    }
}

#[cfg(test)]
mod tests;
