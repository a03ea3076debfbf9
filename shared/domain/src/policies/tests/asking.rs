//! All of a cluster's policies together: their order, and what must hold whatever is asked.

use super::*;
use proptest::prelude::*;

#[test]
fn policies_are_asked_in_the_order_of_their_priorities_and_the_first_refusal_ends_it() {
    let deletion = attached("senlin.policy.deletion-1.1", &json!({}));
    let scaling = scaling(IN, &json!({ "number": 2 }));
    let mut disabled = zones();
    disabled.binding.enabled = false;
    let order = in_order(vec![deletion, disabled, scaling]);
    let kinds: Vec<&str> = order.iter().map(|each| each.kind.name).collect();
    assert_eq!(kinds, ["senlin.policy.scaling", "senlin.policy.deletion"]);
    // The scaling policy's count is what the deletion policy chooses for.
    let data = ask(IN, &json!({}), (0, -1), &active(5), &order).unwrap();
    assert_eq!(data.deletion.unwrap().candidates.unwrap().len(), 2);
    let refused = ask(IN, &json!({}), (4, -1), &active(5), &order).unwrap_err();
    assert!(refused.contains("min_size"), "{refused}");
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(|number| json!(number)),
        (-5..50_i64).prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        "[a-z0-9]{0,4}".prop_map(|text| json!(text)),
        Just(json!([id(100).to_string(), 7, id(100).to_string()])),
        Just(json!({ "a": 1 })),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_is_answered_and_victims_are_members(
        kind in proptest::sample::select(ActionKind::ALL),
        count in any_value(), number in any_value(), adjustment in any_value(), candidates in any_value(),
        statuses in proptest::collection::vec(proptest::sample::select(&NodeStatus::ALL[..]), 0..12),
        zone in proptest::collection::vec(proptest::option::of(0..3_usize), 12),
        criteria in proptest::sample::select(&["RANDOM", "OLDEST_FIRST", "YOUNGEST_FIRST", "OLDEST_PROFILE_FIRST"][..]),
        best_effort: bool, by in 1..20_i64,
    ) {
        let mut members = members(&statuses);
        for (standing, zone) in members.iter_mut().zip(zone) {
            standing.zone = zone.map(|number| ["a", "b", "c"][number].to_owned());
            standing.region.clone_from(&standing.zone);
        }
        let regions = json!({ "regions": [{ "name": "a", "cap": 3 }, { "name": "b", "weight": 0 }] });
        let policies = in_order(vec![
            scaling(IN, &json!({ "number": by, "best_effort": best_effort })),
            scaling(OUT, &json!({ "type": "CHANGE_IN_PERCENTAGE", "number": by, "best_effort": best_effort })),
            attached("senlin.policy.region_placement-1.0", &regions),
            zones(),
            attached("senlin.policy.affinity-1.0", &json!({})),
            attached("senlin.policy.batch-1.0", &json!({ "max_batch_size": by - 3 })),
            attached("senlin.policy.deletion-1.1", &json!({ "criteria": criteria })),
        ]);
        let inputs = json!({
            "count": count, "number": number, "adjustment_type": adjustment, "candidates": candidates,
        });
        let Ok(data) = ask(kind, &inputs, (0, 10), &members, &policies) else { return Ok(()) };
        if let Some(creation) = &data.creation {
            prop_assert!(creation.count >= 0);
            for spread in [&creation.regions, &creation.zones].into_iter().flatten() {
                prop_assert_eq!(spread.values().sum::<i64>(), creation.count);
            }
        }
        if let Some(deletion) = &data.deletion && kind != ActionKind::ClusterDelNodes && kind != ActionKind::NodeDelete {
            let candidates = deletion.candidates.clone().unwrap_or_default();
            let distinct: std::collections::BTreeSet<_> = candidates.iter().collect();
            prop_assert_eq!(distinct.len(), candidates.len());
            prop_assert!(candidates.iter().all(|node| members.iter().any(|standing| standing.member.node == *node)));
        }
    }
}
