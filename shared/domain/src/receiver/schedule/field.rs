//! One field of a cron expression: the set of values at which it holds.

use super::NotASchedule;

/// A field's name and range, and what else its values are called.
pub(super) struct Field {
    /// What it is called in messages.
    pub(super) name: &'static str,
    first: u32,
    last: u32,
    /// Names of the values from `first` on.
    names: &'static [&'static str],
}

/// The five fields, in their order.
pub(super) const FIELDS: [Field; 5] = [
    Field { name: "minute", first: 0, last: 59, names: &[] },
    Field { name: "hour", first: 0, last: 23, names: &[] },
    Field { name: "day of the month", first: 1, last: 31, names: &[] },
    Field {
        name: "month",
        first: 1,
        last: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    // Sunday is 0, and 7 as well.
    Field {
        name: "day of the week",
        first: 0,
        last: 7,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

/// The values of a field, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set(u64);

impl Set {
    /// Whether `value` is in it.
    pub(super) const fn holds(self, value: u32) -> bool {
        value < u64::BITS && self.0 & (1 << value) != 0
    }
}

impl Field {
    /// Reads a list such as `1,3-5,10-20/2` or `*/15`.
    ///
    /// # Errors
    /// When a part of it is no value, range or step of this field.
    pub(super) fn parse(&self, text: &str) -> Result<Set, NotASchedule> {
        let mut bits = 0;
        for part in text.split(',') {
            bits |= self.part(part)?;
        }
        Ok(Set(bits))
    }

    fn part(&self, part: &str) -> Result<u64, NotASchedule> {
        let (range, step) = match part.split_once('/') {
            None => (part, None),
            Some((range, step)) => (range, Some(self.step(part, step)?)),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.first, self.last),
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            None => {
                let from = self.value(range)?;
                // `5/10` is from 5 on.
                (from, if step.is_some() { self.last } else { from })
            }
        };
        if from > to {
            return Err(self.wrong(part, "a range that runs forwards"));
        }
        let values = (from..=to).step_by(step.unwrap_or(1));
        Ok(values.fold(0, |bits, value| bits | 1 << self.folded(value)))
    }

    fn step(&self, part: &str, step: &str) -> Result<usize, NotASchedule> {
        let whole = step.bytes().all(|byte| byte.is_ascii_digit()).then(|| step.parse().ok()).flatten();
        whole.filter(|step| *step > 0).ok_or_else(|| self.wrong(part, "followed by a step of at least 1"))
    }

    fn value(&self, text: &str) -> Result<u32, NotASchedule> {
        let range = || format!("from {} to {}", self.first, self.last);
        let named = self.names.iter().position(|name| text.eq_ignore_ascii_case(name));
        let value = match named.and_then(|place| u32::try_from(place).ok()) {
            Some(place) => Some(self.first + place),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            None => None,
        };
        let value = value.filter(|value| (self.first..=self.last).contains(value));
        value.ok_or_else(|| self.wrong(text, &range()))
    }

    /// Sunday by its first number.
    const fn folded(&self, value: u32) -> u32 {
        if self.last == 7 && value == 7 { 0 } else { value }
    }

    fn wrong(&self, text: &str, wanted: &str) -> NotASchedule {
        NotASchedule::Field { name: self.name, text: text.to_owned(), wanted: wanted.to_owned() }
    }
}
