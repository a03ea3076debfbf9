//! How many recoveries began lately, counted over a window in parts: the record does not grow with their number.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Into how many parts a window is cut: what is older than the window by up to one of them still counts.
const PARTS: u32 = 12;

/// Recoveries that began, by the part of the window in which they did: its beginning, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(Vec<(Timestamp, u64)>);

impl Tally {
    /// How many began within the window; never fewer than did.
    #[must_use]
    pub fn recent(&self, window: Duration, now: Timestamp) -> u64 {
        self.0.iter().filter(|(began, _)| counts(*began, window, now)).map(|(_, count)| count).sum()
    }

    /// How many began in this part of the window or the one before: those that may still be under way.
    #[must_use]
    pub fn latest(&self, window: Duration, now: Timestamp) -> u64 {
        let oldest = now.minus(part(window).saturating_mul(2));
        self.0.iter().filter(|(began, _)| *began > oldest).map(|(_, count)| count).sum()
    }

    /// Counts some that begin now, and forgets what the window has left behind.
    pub fn add(&mut self, count: u64, window: Duration, now: Timestamp) {
        self.0.retain(|(began, _)| counts(*began, window, now));
        if count == 0 {
            return;
        }
        let span = i64::try_from(part(window).as_micros()).unwrap_or(i64::MAX);
        let began = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(span));
        match self.0.last_mut() {
            // A clock that went back adds to what is there.
            Some((last, so_far)) if *last >= began => *so_far += count,
            _ => self.0.push((began, count)),
        }
    }

    /// Takes back some that were counted last and did not begin after all.
    pub fn take_back(&mut self, count: u64) {
        let mut left = count;
        while let Some((_, last)) = self.0.last_mut().filter(|_| left > 0) {
            let taken = left.min(*last);
            *last -= taken;
            left -= taken;
            if *last == 0 {
                self.0.pop();
            }
        }
    }
}

fn part(window: Duration) -> Duration {
    (window / PARTS).max(Duration::from_micros(1))
}

/// Whether a part reaches into the window.
fn counts(began: Timestamp, window: Duration, now: Timestamp) -> bool {
    began.plus(part(window)) > now.minus(window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(0).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn what_began_is_counted_for_as_long_as_the_window_is() {
        let mut tally = Tally::default();
        for (seconds, count) in [(7200, 3), (7260, 2), (9000, 4)] {
            tally.add(count, HOUR, at(seconds));
        }
        for (seconds, recent) in [(9000, 9), (10_800, 9), (11_099, 9), (11_100, 4), (12_899, 4), (12_900, 0)]
        {
            assert_eq!(tally.recent(HOUR, at(seconds)), recent, "{seconds}");
        }
        assert_eq!((tally.latest(HOUR, at(9000)), tally.latest(HOUR, at(9600))), (4, 0));
    }

    #[test]
    fn what_did_not_begin_after_all_is_taken_back() {
        let mut tally = Tally::default();
        tally.add(3, HOUR, at(7200));
        tally.add(2, HOUR, at(9000));
        tally.take_back(4);
        assert_eq!(tally.recent(HOUR, at(9000)), 1);
        tally.take_back(9);
        assert_eq!(tally, Tally::default());
    }

    proptest! {
        #[test]
        fn it_never_counts_too_few_and_stays_short(
            steps in proptest::collection::vec((0..900_u64, 1..5_u64), 1..80), window in 1..7200_u64,
        ) {
            let window = Duration::from_secs(window);
            let (mut tally, mut began, mut now) = (Tally::default(), Vec::new(), 100_000);
            for (later, count) in steps {
                now += later;
                tally.add(count, window, at(now));
                began.push((at(now), count));
                let true_count: u64 = began.iter()
                    .filter(|(when, _)| at(now).since(*when) < window).map(|(_, count)| count).sum();
                prop_assert!(tally.recent(window, at(now)) >= true_count);
                prop_assert!(tally.0.len() <= 14, "{:?}", tally.0);
            }
        }
    }
}
