//! When the next round of checks is due (spec engine-receivers-health-events §2.2).

use crate::time::Timestamp;
use std::time::Duration;

/// The next point, later than `now`, of the grid that `started` is on: a round that takes longer than an
/// interval skips what it missed, and the rounds stay where they were.
#[must_use]
pub fn next_due(started: Timestamp, interval: Duration, now: Timestamp) -> Timestamp {
    let interval = interval.as_micros().max(1);
    let points = now.since(started).as_micros() / interval + 1;
    let span = u64::try_from(interval.saturating_mul(points)).unwrap_or(u64::MAX);
    started.plus(Duration::from_micros(span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn engine_receivers_health_events_2_2_the_next_round_is_on_the_grid_and_what_was_missed_is_skipped() {
        for (interval, elapsed, rest) in [
            (60, 0, 60),
            (60, 10, 50),
            (60, 59, 1),
            (60, 60, 60),
            (60, 61, 59),
            (60, 130, 50),
            (60, 600, 60),
            (1, 0, 1),
            (1, 7, 1),
        ] {
            let (started, now) = (at(1000), at(1000 + elapsed));
            let due = next_due(started, Duration::from_secs(interval), now);
            assert_eq!(due, at(1000 + elapsed + rest), "{elapsed} s into rounds of {interval} s");
        }
    }

    #[test]
    fn a_clock_that_went_back_does_not_bring_a_round_forward() {
        assert_eq!(next_due(at(1000), Duration::from_secs(60), at(900)), at(1060));
    }

    #[test]
    fn an_interval_of_nothing_still_moves_on() {
        assert!(next_due(at(1), Duration::ZERO, at(5)) > at(5));
    }

    proptest! {
        #[test]
        fn the_next_round_is_within_an_interval_and_on_the_grid(
            started in 0..1_i64 << 50, elapsed in 0..1_i64 << 40, interval in 1..1_u64 << 32,
        ) {
            let (from, now) = (Timestamp::from_micros(started), Timestamp::from_micros(started + elapsed));
            let due = next_due(from, Duration::from_micros(interval), now);
            prop_assert!(due > now);
            prop_assert!(due.since(now) <= Duration::from_micros(interval));
            prop_assert_eq!(due.since(from).as_micros() % u128::from(interval), 0);
        }
    }
}
