//! How nodes are shared out over places by weight (spec engine-policies §4).

use crate::policies::Spread;

/// A region or an availability zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: String,
    /// Its share, relative to the others'; never negative.
    pub(super) weight: i64,
    /// Most nodes it takes, if there is a limit.
    pub(super) cap: Option<i64>,
    /// Nodes it has.
    pub(super) current: i64,
}

impl Place {
    /// What it would have of `total` nodes, as a fraction `numerator / whole`.
    fn share(&self, total: i64, whole: i128, equal: bool) -> (i128, i128) {
        let weight = if equal { 1 } else { self.weight };
        (i128::from(total) * i128::from(weight), whole)
    }
}

/// How many of `count` nodes each place gets, or gives up when not `expand`; none if they cannot all be
/// placed. Places in the order of the policy.
///
/// Each place gets its share of the total, rounded in its favour, those of most weight first; giving up, each
/// keeps its share rounded against it, those of least weight first. What is left over goes wherever there is
/// room: the reference gives up then, though caps are the only limit (POL-12). Weights that are all nothing
/// count as equal (the reference divides by zero).
pub(super) fn plan(places: &[Place], count: i64, expand: bool) -> Option<Spread> {
    let mut order: Vec<&Place> = places.iter().collect();
    if expand {
        order.sort_by_key(|place| std::cmp::Reverse(place.weight));
    } else {
        order.sort_by_key(|place| place.weight);
    }
    let before: i64 = places.iter().map(|place| place.current).sum();
    // Counts and weights may be as large as a number can be: a webhook's are what its caller says.
    let total = if expand { before.saturating_add(count) } else { before - count };
    let sum: i128 = places.iter().map(|place| i128::from(place.weight)).sum();
    let (whole, equal) =
        if sum == 0 { (i128::try_from(places.len()).unwrap_or(1), true) } else { (sum, false) };
    let mut plan = Spread::new();
    let mut remain = count;
    for place in &order {
        let (numerator, whole) = place.share(total, whole, equal);
        let floor = numerator.div_euclid(whole);
        let rounded = if expand && numerator.rem_euclid(whole) != 0 { floor + 1 } else { floor };
        let rounded = i64::try_from(rounded).unwrap_or(i64::MAX);
        let room = if expand {
            place.cap.map_or(rounded, |cap| rounded.min(cap)) - place.current
        } else {
            place.current - rounded
        };
        give(&mut plan, place, room.min(remain), &mut remain);
    }
    for place in &order {
        let given = plan.get(&place.name).copied().unwrap_or(0);
        let room = match (expand, place.cap) {
            (true, None) => remain,
            (true, Some(cap)) => cap - place.current - given,
            (false, _) => place.current - given,
        };
        give(&mut plan, place, room.min(remain), &mut remain);
    }
    (remain == 0 && !plan.is_empty()).then_some(plan)
}

fn give(plan: &mut Spread, place: &Place, take: i64, remain: &mut i64) {
    if take > 0 {
        *plan.entry(place.name.clone()).or_default() += take;
        *remain -= take;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(spec: &[(&str, i64, i64, Option<i64>)]) -> Vec<Place> {
        let place = |(name, current, weight, cap): &(&str, i64, i64, Option<i64>)| Place {
            name: (*name).to_owned(),
            weight: *weight,
            cap: *cap,
            current: *current,
        };
        spec.iter().map(place).collect()
    }

    fn spread(plan: &[(&str, i64)]) -> Option<Spread> {
        (!plan.is_empty()).then(|| plan.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect())
    }

    #[test]
    fn engine_policies_4_the_worked_examples_of_the_reference_hold() {
        let two = |a, b, weights: [i64; 2]| places(&[("A", a, weights[0], None), ("B", b, weights[1], None)]);
        let zones = |current: [i64; 4]| {
            places(&[
                ("AZ1", current[0], 100, None),
                ("AZ2", current[1], 80, None),
                ("AZ3", current[2], 60, None),
                ("AZ4", current[3], 40, None),
            ])
        };
        let regions =
            places(&[("R1", 4, 40, None), ("R2", 3, 30, None), ("R3", 2, 20, None), ("R4", 1, 10, None)]);
        let capped = |first, second| places(&[("R1", 0, 100, first), ("R2", 0, 200, second)]);
        for (places, change, expected) in [
            (two(0, 0, [100, 100]), 1, spread(&[("A", 1)])),
            (two(0, 0, [100, 100]), 3, spread(&[("A", 2), ("B", 1)])),
            (two(2, 1, [100, 100]), 1, spread(&[("B", 1)])),
            (two(4, 0, [100, 100]), 2, spread(&[("B", 2)])),
            (two(10, 0, [100, 200]), 3, spread(&[("B", 3)])),
            (zones([2, 2, 2, 1]), 7, spread(&[("AZ1", 3), ("AZ2", 2), ("AZ3", 1), ("AZ4", 1)])),
            (zones([0, 0, 0, 0]), 5, spread(&[("AZ1", 2), ("AZ2", 2), ("AZ3", 1)])),
            (zones([5, 0, 0, 0]), 2, spread(&[("AZ2", 2)])),
            (zones([2, 2, 2, 1]), -4, spread(&[("AZ2", 1), ("AZ3", 2), ("AZ4", 1)])),
            (zones([5, 5, 5, 5]), -3, spread(&[("AZ4", 3)])),
            (two(3, 3, [100, 100]), -1, spread(&[("A", 1)])),
            (two(3, 3, [100, 100]), -3, spread(&[("A", 2), ("B", 1)])),
            (two(4, 1, [100, 100]), -2, spread(&[("A", 2)])),
            (two(0, 0, [100, 100]), -1, spread(&[("A", 1)])),
            (capped(None, None), 4, spread(&[("R1", 1), ("R2", 3)])),
            (capped(Some(2), Some(2)), 4, spread(&[("R1", 2), ("R2", 2)])),
            (capped(Some(2), Some(2)), 5, None),
            (regions, -3, spread(&[("R2", 1), ("R3", 1), ("R4", 1)])),
        ] {
            let change: i64 = change;
            assert_eq!(plan(&places, change.abs(), change > 0), expected, "{places:?} {change}");
        }
    }

    #[test]
    fn engine_policies_4_pol_12_what_the_caps_leave_room_for_is_placed() {
        let places = places(&[("R1", 0, 100, Some(0)), ("R2", 0, 100, None)]);
        assert_eq!(plan(&places, 2, true), spread(&[("R2", 2)]));
    }

    #[test]
    fn engine_policies_4_weights_of_nothing_are_equal_weights() {
        let places = places(&[("A", 1, 0, None), ("B", 1, 0, None)]);
        assert_eq!(plan(&places, 2, true), spread(&[("A", 1), ("B", 1)]));
        assert_eq!(plan(&places, 1, false), spread(&[("A", 1)]));
    }

    /// What a place should have of `total` nodes by its weight, rounded down and up.
    fn share(places: &[Place], place: &Place, total: i64) -> (i64, i64) {
        let sum: i64 = places.iter().map(|place| place.weight).sum();
        let (weight, whole) =
            if sum == 0 { (1, i64::try_from(places.len()).unwrap()) } else { (place.weight, sum) };
        let floor = (total * weight).div_euclid(whole);
        (floor, floor + i64::from(floor * whole != total * weight))
    }

    fn any_places() -> impl Strategy<Value = Vec<Place>> {
        let parts = (0..50_i64, 0..300_i64, proptest::option::of(0..60_i64));
        proptest::collection::vec(parts, 1..6).prop_map(|parts| {
            let named = |(number, (current, weight, cap)): (usize, (i64, i64, Option<i64>))| Place {
                name: format!("p{number}"),
                weight,
                cap,
                current,
            };
            parts.into_iter().enumerate().map(named).collect()
        })
    }

    #[test]
    fn no_count_and_no_weight_is_too_large() {
        let place = |name: &str, weight, current| Place { name: name.to_owned(), weight, cap: None, current };
        for (first, second) in [(i64::MAX, 1), (i64::MAX, i64::MAX), (0, i64::MAX)] {
            let places = [place("a", first, 1), place("b", second, 0)];
            let planned = plan(&places, i64::MAX - 1, true).unwrap();
            assert_eq!(
                planned.values().map(|given| i128::from(*given)).sum::<i128>(),
                i128::from(i64::MAX) - 1
            );
        }
    }

    proptest! {
        #[test]
        fn a_plan_places_all_and_exceeds_no_cap(places in any_places(), count in 1..200_i64) {
            let room: Option<i64> = places
                .iter()
                .map(|place| place.cap.map(|cap| (cap - place.current).max(0)))
                .try_fold(0_i64, |sum, room| room.map(|room| sum + room));
            let planned = plan(&places, count, true);
            prop_assert_eq!(planned.is_some(), room.is_none_or(|room| room >= count));
            let Some(planned) = planned else { return Ok(()) };
            prop_assert_eq!(planned.values().sum::<i64>(), count);
            for place in &places {
                let given = planned.get(&place.name).copied().unwrap_or(0);
                prop_assert!(given >= 0);
                prop_assert!(given == 0 || place.cap.is_none_or(|cap| place.current + given <= cap));
            }
        }

        #[test]
        fn from_nothing_every_place_gets_its_share_within_rounding(
            weights in proptest::collection::vec(1..300_i64, 1..6), count in 1..200_i64,
        ) {
            let places: Vec<Place> = weights
                .iter()
                .enumerate()
                .map(|(number, weight)| Place { name: format!("p{number}"), weight: *weight, cap: None, current: 0 })
                .collect();
            let planned = plan(&places, count, true).unwrap();
            let whole: i64 = weights.iter().sum();
            for place in &places {
                let given = planned.get(&place.name).copied().unwrap_or(0);
                // Rounded up at most; those of least weight are left with less.
                prop_assert!(given * whole <= count * place.weight + whole);
            }
        }

        #[test]
        fn no_place_outgrows_its_share_rounded_up_unless_it_had_before(
            mut places in any_places(), count in 1..200_i64,
        ) {
            places.iter_mut().for_each(|place| place.cap = None);
            let total = count + places.iter().map(|place| place.current).sum::<i64>();
            let planned = plan(&places, count, true).unwrap();
            prop_assert_eq!(planned.values().sum::<i64>(), count);
            for place in &places {
                let after = place.current + planned.get(&place.name).copied().unwrap_or(0);
                prop_assert!(after <= place.current.max(share(&places, place, total).1));
            }
        }

        #[test]
        fn no_place_shrinks_below_its_share_rounded_down_unless_it_was_before(
            places in any_places(), count in 1..200_i64,
        ) {
            let there: i64 = places.iter().map(|place| place.current).sum();
            prop_assume!(there > 0);
            let count = count.min(there);
            let planned = plan(&places, count, false).unwrap();
            for place in &places {
                let after = place.current - planned.get(&place.name).copied().unwrap_or(0);
                prop_assert!(after >= place.current.min(share(&places, place, there - count).0));
            }
        }

        #[test]
        fn no_place_gives_up_more_than_it_has_unless_there_is_nothing(
            places in any_places(), count in 1..200_i64,
        ) {
            let there: i64 = places.iter().map(|place| place.current).sum();
            prop_assume!(count <= there);
            let planned = plan(&places, count, false).unwrap();
            prop_assert_eq!(planned.values().sum::<i64>(), count);
            for place in &places {
                prop_assert!(planned.get(&place.name).copied().unwrap_or(0) <= place.current);
            }
        }
    }
}
