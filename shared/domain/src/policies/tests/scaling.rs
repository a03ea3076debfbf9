//! By how many a scaling policy changes a cluster, and when it cools down (spec engine-policies §2).

use super::*;

/// What a scaling policy makes of a cluster of `current` nodes.
fn scaled(current: usize, kind: ActionKind, adjustment: &Value, inputs: &Value) -> Result<i64, String> {
    let data = ask(kind, inputs, (0, -1), &active(current), &[scaling(kind, adjustment)])?;
    let deletion = data.deletion.map(|deletion| deletion.count);
    Ok(data.creation.map(|creation| creation.count).or(deletion).unwrap())
}

#[test]
fn a_scaling_policy_counts_as_the_reference_does() {
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
fn a_count_in_the_request_goes_before_the_policys() {
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
fn clu_10_the_best_that_can_be_done_is_never_less_than_nothing() {
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
