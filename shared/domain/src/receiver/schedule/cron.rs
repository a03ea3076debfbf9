//! Cron expressions of five fields, and the local times at which they hold.

use super::NotASchedule;
use super::field::{FIELDS, Set};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::iter::successors;

/// How far ahead a run is looked for: 29 February may be eight years away.
const DAYS: usize = 9 * 366;
const MINUTES_OF_DAY: u32 = 24 * 60;

/// A cron expression: minute, hour, day of the month, month, day of the week.
///
/// As in every cron, a day counts when both its date and its weekday are in the sets, and where both are
/// restricted, when either is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cron {
    text: String,
    minutes: Set,
    hours: Set,
    dates: Set,
    months: Set,
    weekdays: Set,
    either: bool,
}

impl Cron {
    /// Reads an expression such as `30 6 * * mon-fri`.
    ///
    /// # Errors
    /// When it has not five fields, or one of them cannot be read.
    pub fn parse(text: &str) -> Result<Self, NotASchedule> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, dates, months, weekdays] = fields[..] else {
            return Err(NotASchedule::Fields(fields.len()));
        };
        let [minute, hour, date, month, weekday] = &FIELDS;
        Ok(Self {
            minutes: minute.parse(minutes)?,
            hours: hour.parse(hours)?,
            dates: date.parse(dates)?,
            months: month.parse(months)?,
            weekdays: weekday.parse(weekdays)?,
            either: !dates.starts_with('*') && !weekdays.starts_with('*'),
            text: fields.join(" "),
        })
    }

    /// Every local time after `after` at which it holds, for some years, in order.
    pub(super) fn after(&self, after: DateTime) -> impl Iterator<Item = DateTime> {
        let first = after.with().second(0).subsec_nanosecond(0).build().unwrap_or(after);
        let from = first.checked_add(1.minute()).ok();
        let days = successors(from.map(DateTime::date), |day| day.tomorrow().ok()).take(DAYS);
        let start = from.unwrap_or(first);
        days.filter(|day| self.on(*day))
            .flat_map(|day| self.times().filter_map(move |(hour, minute)| at(day, hour, minute)))
            .skip_while(move |time| *time < start)
    }

    /// Whether it holds at this local time, to the minute.
    #[cfg(test)]
    pub(super) fn holds(&self, time: DateTime) -> bool {
        let part = |value: i8| u32::try_from(value).unwrap_or_default();
        self.on(time.date()) && self.minutes.holds(part(time.minute())) && self.hours.holds(part(time.hour()))
    }

    fn on(&self, day: Date) -> bool {
        let part = |value: i8| u32::try_from(value).unwrap_or_default();
        let date = self.dates.holds(part(day.day()));
        let weekday = self.weekdays.holds(part(day.weekday().to_sunday_zero_offset()));
        let counts = if self.either { date || weekday } else { date && weekday };
        self.months.holds(part(day.month())) && counts
    }

    fn times(&self) -> impl Iterator<Item = (u32, u32)> {
        let times = (0..MINUTES_OF_DAY).map(|minute| (minute / 60, minute % 60));
        times.filter(|(hour, minute)| self.hours.holds(*hour) && self.minutes.holds(*minute))
    }
}

fn at(day: Date, hour: u32, minute: u32) -> Option<DateTime> {
    let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
    Some(day.at(hour, minute, 0, 0))
}

impl TryFrom<String> for Cron {
    type Error = NotASchedule;

    fn try_from(text: String) -> Result<Self, NotASchedule> {
        Self::parse(&text)
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.text
    }
}
