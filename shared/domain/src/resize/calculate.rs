//! From an adjustment to a target number of nodes (spec engine-cluster §7).

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How a resize request expresses the size it wants (spec api-resources §I4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AdjustmentType {
    /// The number is the target itself.
    ExactCapacity,
    /// The number is added to the current count.
    ChangeInCapacity,
    /// The number is a percentage of the current count to add.
    ChangeInPercentage,
}

impl AdjustmentType {
    /// Every type, in the order of the reference.
    pub const ALL: [Self; 3] = [Self::ExactCapacity, Self::ChangeInCapacity, Self::ChangeInPercentage];

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExactCapacity => "EXACT_CAPACITY",
            Self::ChangeInCapacity => "CHANGE_IN_CAPACITY",
            Self::ChangeInPercentage => "CHANGE_IN_PERCENTAGE",
        }
    }
}

/// The text names no adjustment type; displayed as clients read it (spec api-common §12).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Value '{0}' is not acceptable for field 'adjustment_type'.")]
pub struct UnknownAdjustmentType(String);

impl FromStr for AdjustmentType {
    type Err = UnknownAdjustmentType;

    /// Accepts the exact wire name only.
    fn from_str(text: &str) -> Result<Self, UnknownAdjustmentType> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownAdjustmentType(text.to_owned()))
    }
}

/// The number of nodes that adjusting a cluster of `current` nodes by `number` asks for.
///
/// Limits play no part: the result may be negative or beyond any maximum. Absolute numbers lose their
/// fraction. A percentage is rounded towards zero, except that a change of less than one node becomes one
/// node; then, if it is smaller than `min_step` nodes, it becomes that many. A change of exactly zero
/// counts as a decrease there, so that "0 per cent, at least 2" takes two nodes away, as in the reference.
///
/// Numbers too large for a count end at the largest or smallest one; a number that is not a number
/// changes nothing (spec engine-cluster §7).
#[must_use]
pub fn calculate_desired(current: i64, kind: AdjustmentType, number: f64, min_step: Option<i64>) -> i64 {
    if number.is_nan() {
        return current;
    }
    match kind {
        AdjustmentType::ExactCapacity => whole(number),
        AdjustmentType::ChangeInCapacity => current.saturating_add(whole(number)),
        AdjustmentType::ChangeInPercentage => {
            current.saturating_add(percentage_change(current, number, min_step))
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53, where f64 is exact")]
fn percentage_change(current: i64, percent: f64, min_step: Option<i64>) -> i64 {
    let delta = percent * current as f64 / 100.0;
    // Part of a node cannot be made, yet a request for some change must not end in none.
    let change = if delta.abs() < 1.0 { whole(away_from_zero(delta)) } else { whole(delta) };
    match min_step {
        Some(step) if step > change.saturating_abs() => {
            if change > 0 {
                step
            } else {
                -step
            }
        }
        _ => change,
    }
}

fn away_from_zero(value: f64) -> f64 {
    if value > 0.0 { value.ceil() } else { value.floor() }
}

/// Drops the fraction; ends at the limits of a count; turns "infinite per cent of nothing" into nothing.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and maps NaN to zero: what is wanted")]
const fn whole(value: f64) -> i64 {
    value as i64
}

#[cfg(test)]
mod tests {
    use super::AdjustmentType::{ChangeInCapacity, ChangeInPercentage, ExactCapacity};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn engine_cluster_7a_the_executed_examples_of_the_reference_hold() {
        let rows = [
            (1, 5, ExactCapacity, 3.0, None, 3),
            (2, 5, ExactCapacity, 0.0, None, 0),
            (3, 5, ExactCapacity, 7.0, Some(10), 7),
            (4, 5, ChangeInCapacity, 2.0, None, 7),
            (5, 5, ChangeInCapacity, -2.0, None, 3),
            (6, 5, ChangeInCapacity, -8.0, None, -3),
            (7, 5, ChangeInCapacity, 1.0, Some(3), 6),
            (8, 10, ChangeInPercentage, 20.0, None, 12),
            (9, 10, ChangeInPercentage, 25.0, None, 12),
            (10, 10, ChangeInPercentage, 29.0, None, 12),
            (11, 10, ChangeInPercentage, -25.0, None, 8),
            (12, 10, ChangeInPercentage, -29.0, None, 8),
            (13, 3, ChangeInPercentage, 10.0, None, 4),
            (14, 3, ChangeInPercentage, -10.0, None, 2),
            (15, 3, ChangeInPercentage, 33.3, None, 4),
            (16, 3, ChangeInPercentage, 33.4, None, 4),
            (17, 3, ChangeInPercentage, 50.0, None, 4),
            (18, 3, ChangeInPercentage, -50.0, None, 2),
            (19, 10, ChangeInPercentage, 0.1, None, 11),
            (20, 10, ChangeInPercentage, -0.1, None, 9),
            (21, 10, ChangeInPercentage, 0.0, None, 10),
            (22, 10, ChangeInPercentage, 0.0, Some(2), 8),
            (23, 10, ChangeInPercentage, 10.0, Some(3), 13),
            (24, 10, ChangeInPercentage, -10.0, Some(3), 7),
            (25, 10, ChangeInPercentage, 50.0, Some(3), 15),
            (26, 10, ChangeInPercentage, 30.0, Some(3), 13),
            (27, 0, ChangeInPercentage, 50.0, None, 0),
            (28, 0, ChangeInPercentage, 50.0, Some(2), -2),
            (29, 10, ChangeInPercentage, 100.0, None, 20),
            (30, 10, ChangeInPercentage, -100.0, None, 0),
            (31, 10, ChangeInPercentage, -150.0, None, -5),
            (32, 7, ChangeInPercentage, 14.285_714, None, 8),
            (33, 5, ChangeInPercentage, 30.0, None, 6),
            (34, 5, ChangeInPercentage, -30.0, None, 4),
            (35, 1, ChangeInPercentage, 50.0, None, 2),
            (36, 1, ChangeInPercentage, -50.0, None, 0),
            (37, 10, ChangeInPercentage, 5.0, Some(0), 11),
        ];
        for (row, current, kind, number, min_step, desired) in rows {
            assert_eq!(calculate_desired(current, kind, number, min_step), desired, "7a #{row}");
        }
    }

    #[test]
    fn absolute_numbers_lose_their_fraction() {
        assert_eq!(calculate_desired(5, ExactCapacity, 3.7, None), 3);
        assert_eq!(calculate_desired(5, ChangeInCapacity, -1.5, None), 4);
    }

    #[test]
    fn absurd_numbers_end_at_the_limits() {
        for kind in AdjustmentType::ALL {
            assert_eq!(calculate_desired(5, kind, f64::INFINITY, None), i64::MAX);
            assert_eq!(calculate_desired(5, kind, f64::MAX, Some(3)), i64::MAX);
            assert!(calculate_desired(5, kind, f64::NEG_INFINITY, None) <= i64::MIN + 5);
            assert_eq!(calculate_desired(5, kind, f64::NAN, Some(3)), 5);
        }
        assert_eq!(calculate_desired(0, ChangeInPercentage, f64::INFINITY, None), 0);
        assert_eq!(calculate_desired(1, ChangeInPercentage, 1.0, Some(i64::MAX)), i64::MAX);
        assert_eq!(calculate_desired(-9, ChangeInPercentage, 1.0, Some(i64::MAX)), i64::MIN);
    }

    #[test]
    fn a_type_is_known_by_its_exact_wire_name_only() {
        for kind in AdjustmentType::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        let refusal = "TRIPLE".parse::<AdjustmentType>().unwrap_err();
        assert_eq!(refusal.to_string(), "Value 'TRIPLE' is not acceptable for field 'adjustment_type'.");
        assert!("exact_capacity".parse::<AdjustmentType>().is_err());
    }

    fn step() -> impl Strategy<Value = Option<i64>> {
        proptest::option::of(0..50_i64)
    }

    proptest! {
        #[test]
        fn an_exact_capacity_ignores_the_current_count(current in 0..2000_i64, to in 0..2000_i32, step in step()) {
            prop_assert_eq!(calculate_desired(current, ExactCapacity, f64::from(to), step), i64::from(to));
        }

        #[test]
        fn a_change_is_a_sum(current in 0..2000_i64, by in -2000..2000_i32, step in step()) {
            let desired = calculate_desired(current, ChangeInCapacity, f64::from(by), step);
            prop_assert_eq!(desired, current + i64::from(by));
        }

        /// Restated in whole numbers: tenths of a per cent of the count, divided towards zero.
        #[test]
        fn a_percentage_rounds_towards_zero_but_never_to_nothing(current in 0..2000_i64, percent in -300..300_i32) {
            let change = calculate_desired(current, ChangeInPercentage, f64::from(percent), None) - current;
            let product = i64::from(percent) * current;
            let expected = if product.abs() < 100 { product.signum() } else { product / 100 };
            prop_assert_eq!(change, expected);
        }

        #[test]
        fn a_percentage_changes_by_at_least_min_step(current in 0..2000_i64, percent in -300.0..300.0, step in 0..50_i64) {
            let plain = calculate_desired(current, ChangeInPercentage, percent, None) - current;
            let change = calculate_desired(current, ChangeInPercentage, percent, Some(step)) - current;
            prop_assert!(change.abs() >= step);
            prop_assert!(change.abs() == plain.abs().max(step));
            prop_assert_eq!(change > 0, plain > 0);
        }

        #[test]
        fn nothing_overflows(current: i64, number: f64, step in proptest::option::of(0..=i64::MAX)) {
            for kind in AdjustmentType::ALL {
                let _ = calculate_desired(current, kind, number, step);
            }
        }
    }
}
