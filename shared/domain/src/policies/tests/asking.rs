//! All of a cluster's policies together: their order, and what must hold whatever is asked.

use super::*;
use crate::victims::choose_victims;
use proptest::prelude::*;
use std::collections::BTreeSet;

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

/// Whom an action can take out: those it names, the node it is about, or any member.
fn may_go(kind: ActionKind, inputs: &Value, members: &[Standing]) -> Vec<NodeId> {
    match kind {
        // Who of them is a member the action itself finds out.
        ActionKind::ClusterDelNodes => {
            let named = inputs["candidates"].as_array().into_iter().flatten();
            named.filter_map(|id| id.as_str()?.parse().ok()).collect()
        }
        ActionKind::NodeDelete => vec![id(100)],
        _ => members.iter().map(|standing| standing.member.node).collect(),
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_is_answered_and_victims_are_who_may_go_each_once(
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
        if let Some(deletion) = &data.deletion {
            let chosen = deletion.candidates.clone().unwrap_or_default();
            let distinct: BTreeSet<&NodeId> = chosen.iter().collect();
            prop_assert_eq!(distinct.len(), chosen.len());
            prop_assert_eq!(deletion.count, chosen.len() as i64);
            prop_assert!(chosen.iter().all(|node| may_go(kind, &inputs, &members).contains(node)));
        }
    }

    /// Whichever policies there are, and with none of them: what nobody has chosen the action does by itself.
    #[test]
    fn as_many_victims_are_chosen_as_are_to_go_and_each_is_chosen_once(
        kind in proptest::sample::select(vec![
            IN, ActionKind::ClusterResize, ActionKind::ClusterDelNodes, ActionKind::NodeDelete,
        ]),
        statuses in proptest::collection::vec(proptest::sample::select(&NodeStatus::ALL[..]), 1..13),
        marks in proptest::collection::vec((any::<bool>(), any::<bool>()), 13),
        whereabouts in proptest::collection::vec(proptest::option::of(0..4_usize), 13),
        count in 1..15_i64, named in proptest::collection::vec(0..15_u128, 0..8),
        scales: bool, over_regions: bool, over_zones: bool,
        criteria in proptest::option::of(proptest::sample::select(
            &["RANDOM", "OLDEST_FIRST", "YOUNGEST_FIRST", "OLDEST_PROFILE_FIRST"][..],
        )),
    ) {
        let mut members = members(&statuses);
        let drawn = marks.into_iter().zip(whereabouts);
        for (standing, ((tainted, created), place)) in members.iter_mut().zip(drawn) {
            (standing.member.tainted, standing.member.created) = (tainted, created);
            standing.zone = place.map(|number| ["a", "b", "c", "d"][number].to_owned());
            standing.region.clone_from(&standing.zone);
        }
        let regions = json!({ "regions": [{ "name": "a", "weight": 200 }, { "name": "c", "cap": 1 }] });
        let mut policies = Vec::new();
        policies.extend(scales.then(|| scaling(IN, &json!({}))));
        policies.extend(over_regions.then(|| attached("senlin.policy.region_placement-1.0", &regions)));
        policies.extend(over_zones.then(zones));
        policies.extend(
            criteria.map(|criteria| attached("senlin.policy.deletion-1.1", &json!({ "criteria": criteria }))),
        );
        let candidates: Vec<NodeId> = named.iter().map(|number| id(100 + number)).collect();
        let inputs = json!({
            "count": count, "candidates": candidates,
            "adjustment_type": "CHANGE_IN_CAPACITY", "number": -count,
        });
        let there = members.len() as i64;
        let answer = ask(kind, &inputs, (0, -1), &members, &in_order(policies));
        if kind == IN && scales && count > there {
            prop_assert!(answer.unwrap_err().contains("min_size"));
            return Ok(());
        }
        let expected = match kind {
            ActionKind::ClusterDelNodes => candidates.iter().collect::<BTreeSet<_>>().len() as i64,
            ActionKind::NodeDelete => 1,
            _ => count.min(there),
        };
        let Some(deletion) = answer.unwrap().deletion else { return Ok(()) };
        prop_assert_eq!(deletion.count, expected);
        let records: Vec<Member> = members.iter().map(|standing| standing.member).collect();
        let chosen = deletion.candidates.unwrap_or_else(|| {
            let count = usize::try_from(deletion.count).unwrap();
            choose_victims(&records, count, &mut ChaCha8Rng::from_seed([7; 32]))
        });
        prop_assert_eq!(chosen.len() as i64, expected);
        prop_assert_eq!(chosen.iter().collect::<BTreeSet<_>>().len(), chosen.len());
        prop_assert!(chosen.iter().all(|node| may_go(kind, &inputs, &members).contains(node)));
    }
}
