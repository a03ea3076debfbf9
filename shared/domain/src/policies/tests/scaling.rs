//! By how many a scaling policy changes a cluster, and when it cools down (spec engine-policies §2).

use super::*;
use crate::resize::{Change, ScaleDirection, plan_scale_by};
use proptest::prelude::*;

/// What a scaling policy makes of a cluster of `current` nodes.
fn scaled(current: usize, kind: ActionKind, adjustment: &Value, inputs: &Value) -> Result<i64, String> {
    let data = ask(kind, inputs, (0, -1), &active(current), &[scaling(kind, adjustment)])?;
    let deletion = data.deletion.map(|deletion| deletion.count);
    Ok(data.creation.map(|creation| creation.count).or(deletion).unwrap())
}

#[test]
fn engine_policies_2_a_scaling_policy_counts_as_the_reference_does() {
    let exact = |number| json!({ "type": "EXACT_CAPACITY", "number": number });
    let by = |number| json!({ "type": "CHANGE_IN_CAPACITY", "number": number });
    let percent =
        |number, least| json!({ "type": "CHANGE_IN_PERCENTAGE", "number": number, "min_step": least });
    for (current, kind, adjustment, count) in [
        (3, OUT, exact(json!(5)), Some(2)),
        (3, IN, exact(json!(5)), None),
        (3, IN, exact(json!(2)), Some(1)),
        (3, OUT, by(json!(2)), Some(2)),
        (5, OUT, percent(json!(30), 1), Some(1)),
        (5, OUT, percent(json!(30), 2), Some(2)),
        (3, IN, percent(json!(10), 1), Some(1)),
        (3, IN, percent(json!(10), 0), None),
        (10, OUT, percent(json!(33.3), 1), Some(3)),
        (3, OUT, percent(json!(150), 1), Some(4)),
        (3, OUT, by(json!(1.5)), None),
    ] {
        let result = scaled(current, kind, &adjustment, &json!({}));
        assert_eq!(result.clone().ok(), count, "{current} {adjustment} {result:?}");
    }
    let invalid = scaled(3, IN, &exact(json!(5)), &json!({})).unwrap_err();
    assert_eq!(invalid, "Failed policy 'pol': Invalid count (-2) for action 'CLUSTER_SCALE_IN'.");
}

#[test]
fn engine_policies_2_a_count_in_the_request_goes_before_the_policys() {
    for (count, expected) in [
        (json!("3"), Some(3)),
        (json!(2.0), None),
        (json!("3.0"), None),
        (json!(true), None),
        (json!(0), None),
    ] {
        assert_eq!(scaled(5, OUT, &json!({}), &json!({ "count": count })).ok(), expected, "{count}");
    }
}

#[test]
fn engine_policies_2_clu_10_the_best_that_can_be_done_is_never_less_than_nothing() {
    let best = |kind| scaling(kind, &json!({ "number": 2, "best_effort": true }));
    for (kind, sizes, current, count) in
        [(OUT, (0, 3), 3, 0), (OUT, (0, 2), 3, 0), (IN, (5, -1), 3, 0), (IN, (2, -1), 3, 1)]
    {
        let data = ask(kind, &json!({}), sizes, &active(current), &[best(kind)]).unwrap();
        let decided =
            data.creation.map(|creation| creation.count).or(data.deletion.map(|deletion| deletion.count));
        assert_eq!(decided, Some(count), "{kind:?} {sizes:?}");
    }
}

#[test]
fn the_limits_bind_without_best_effort() {
    let refused = ask(OUT, &json!({}), (0, 3), &active(3), &[scaling(OUT, &json!({}))]).unwrap_err();
    let text = "The target capacity (4) is greater than the cluster's max_size (3).";
    assert_eq!(refused, format!("Failed policy 'pol': {text}"));
}

#[test]
fn a_policy_cools_down_after_what_counted_and_only_for_its_event() {
    let mut policy = scaling(OUT, &json!({ "cooldown": 60 }));
    assert!(cooling(OUT, std::slice::from_ref(&policy.binding), NOW).is_none());
    policy.binding.last_op = Some(NOW);
    for (seconds, cools) in [(0, true), (60, true), (61, false)] {
        let now = NOW.plus(Duration::from_secs(seconds));
        assert_eq!(cooling(OUT, std::slice::from_ref(&policy.binding), now).is_some(), cools, "{seconds}");
    }
    assert!(cooling(IN, std::slice::from_ref(&policy.binding), NOW).is_none());
    let refused = ask(OUT, &json!({}), (0, -1), &active(1), std::slice::from_ref(&policy)).unwrap_err();
    assert!(refused.ends_with("cooldown is still in progress."), "{refused}");
    // Either direction counts towards both.
    assert_eq!(counted(IN, std::slice::from_ref(&policy)), [policy.binding.policy_id]);
    assert_eq!(counted(ActionKind::ClusterResize, std::slice::from_ref(&policy)), []);
}

/// The policy that is asked as the `place`th of several for the same event.
fn placed(place: u128, adjustment: &Value) -> Attached {
    let mut policy = scaling(OUT, adjustment);
    policy.binding.id = BindingId::new(Uuid::from_u128(place));
    policy
}

#[test]
fn engine_policies_2_the_last_of_several_scaling_policies_wins() {
    let (more, fewer) = (json!({ "number": 3 }), json!({ "number": 1 }));
    for (first, last, count) in [(&more, &fewer, 1), (&fewer, &more, 3)] {
        let order = in_order(vec![placed(2, last), scaling(IN, &json!({ "number": 9 })), placed(1, first)]);
        let data = ask(OUT, &json!({}), (0, -1), &active(2), &order).unwrap();
        assert_eq!((data.creation.unwrap().count, data.deletion), (count, None));
    }
}

#[test]
fn engine_policies_2_the_error_of_any_scaling_policy_stops_the_action() {
    // Of two nodes at most three may come to be, which only the last of them keeps to.
    let order = in_order(vec![placed(1, &json!({ "number": 2 })), placed(2, &json!({}))]);
    let refused = ask(OUT, &json!({}), (0, 3), &active(2), &order).unwrap_err();
    assert!(
        refused.ends_with("The target capacity (4) is greater than the cluster's max_size (3)."),
        "{refused}"
    );
    for resting in [1, 2] {
        let mut order =
            in_order(vec![placed(1, &json!({ "cooldown": 60 })), placed(2, &json!({ "cooldown": 60 }))]);
        order[resting - 1].binding.last_op = Some(NOW);
        let refused = ask(OUT, &json!({}), (0, -1), &active(2), &order).unwrap_err();
        assert!(refused.ends_with("cooldown is still in progress."), "{resting}: {refused}");
    }
}

fn any_adjustment() -> impl Strategy<Value = Value> {
    let kind =
        proptest::sample::select(&["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"][..]);
    let number = prop_oneof![
        (1..40_i64).prop_map(|number| json!(number)),
        (1..400_i64).prop_map(|number| json!(number)),
        (0.01..300.0).prop_map(|number: f64| json!(number)),
        Just(json!(i64::MAX)),
    ];
    (kind, number, 0..6_i64, any::<bool>()).prop_map(|(kind, number, least, best_effort)| {
        json!({ "type": kind, "number": number, "min_step": least, "best_effort": best_effort })
    })
}

proptest! {
    /// Neither by what the policies say nor by what the action makes of that, however many there are before.
    #[test]
    fn a_scaling_never_leads_beyond_max_size_or_below_min_size(
        growing: bool, adjustments in proptest::collection::vec(any_adjustment(), 1..3),
        count in proptest::option::of(1..40_i64), current in 0..40_usize,
        min_size in 0..20_i64, room in proptest::option::of(0..20_i64),
    ) {
        let (kind, direction) = if growing { (OUT, ScaleDirection::Out) } else { (IN, ScaleDirection::In) };
        let max_size = room.map_or(-1, |room| min_size + room);
        let policies: Vec<Attached> = adjustments.iter().map(|each| scaling(kind, each)).collect();
        let answer = ask(kind, &json!({ "count": count }), (min_size, max_size), &active(current), &policies);
        let Ok(data) = answer else { return Ok(()) };
        let (current, most) = (current as i64, if max_size < 0 { 1000 } else { max_size });
        let by = match (&data.creation, &data.deletion) {
            (Some(creation), None) if growing => creation.count,
            (None, Some(deletion)) if !growing => deletion.count,
            other => panic!("{other:?}"),
        };
        prop_assert!(by >= 0);
        let target = if growing { current + by } else { current - by };
        let exceeds = if growing { target > most } else { target < min_size };
        prop_assert!(by == 0 || !exceeds, "by {}", by);
        let sizes = Sizes { min_size, max_size, desired_capacity: min_size };
        let Ok(plan) = plan_scale_by(direction, &sizes, current, by, 1000) else {
            // Growing as far as it may, a cluster can still have too few, and then the action refuses.
            prop_assert!(!(min_size..=most).contains(&target));
            return Ok(());
        };
        prop_assert_eq!(plan.change, if growing { Change::Create(by) } else { Change::Delete(by) });
        prop_assert!((min_size..=most).contains(&plan.sizes.desired_capacity));
        prop_assert!(by == 0 || plan.sizes.desired_capacity == target);
    }
}
