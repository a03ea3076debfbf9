//! Where placement policies have nodes made, and go from (spec engine-policies §4).

use super::*;
use proptest::prelude::*;

fn zoned(zones: &[&str]) -> Vec<Standing> {
    let mut members = active(zones.len());
    for (standing, zone) in members.iter_mut().zip(zones) {
        standing.zone = Some((*zone).to_owned());
    }
    members
}

#[test]
fn new_nodes_go_where_there_are_fewest_for_the_weight() {
    let members = zoned(&["a", "a", "b"]);
    let data = ask(OUT, &json!({ "count": 2 }), (0, -1), &members, &[zones()]).unwrap();
    let spread = Spread::from([("a".to_owned(), 1), ("b".to_owned(), 1)]);
    let creation = data.creation.unwrap();
    assert_eq!((creation.count, creation.zones), (2, Some(spread)));
    let one = ask(ActionKind::NodeCreate, &json!({}), (0, -1), &members, &[zones()]).unwrap();
    assert_eq!(one.creation.unwrap().zones, Some(Spread::from([("b".to_owned(), 1)])));
}

#[test]
fn pol_6_a_zone_with_too_few_nodes_is_made_up_for_by_others() {
    // Two of three are of no zone that anybody knows.
    let mut members = zoned(&["a", "a", "a"]);
    members[1].zone = None;
    members[2].zone = None;
    let deletion = attached("senlin.policy.deletion-1.1", &json!({ "criteria": "OLDEST_FIRST" }));
    let data = ask(IN, &json!({ "count": 3 }), (0, -1), &members, &[zones(), deletion]).unwrap();
    let mut candidates = data.deletion.unwrap().candidates.unwrap();
    candidates.sort();
    assert_eq!(candidates, [id(100), id(101), id(102)]);
}

#[test]
fn pol_11_a_plan_for_fewer_nodes_counts_without_a_deletion_policy() {
    let members = zoned(&["a", "a", "a", "b"]);
    let data = ask(IN, &json!({ "count": 2 }), (0, -1), &members, &[zones()]).unwrap();
    let candidates = data.deletion.unwrap().candidates.unwrap();
    assert_eq!(candidates.len(), 2);
    assert!(!candidates.contains(&id(103)), "the only one of its zone stays: {candidates:?}");
}

proptest! {
    /// Whatever there is already, wherever it is, and whoever says how many are to be made.
    #[test]
    fn no_region_has_more_nodes_made_in_it_than_its_cap_leaves_room_for(
        kind in proptest::sample::select(vec![OUT, ActionKind::ClusterResize, ActionKind::NodeCreate]),
        asked in 1..40_i64, scales: bool, zoned: bool,
        regions in proptest::collection::vec((0..300_i64, proptest::option::of(0..12_i64)), 1..5),
        whereabouts in proptest::collection::vec(proptest::option::of(0..6_usize), 0..20),
    ) {
        let mut members = active(whereabouts.len());
        for (standing, number) in members.iter_mut().zip(&whereabouts) {
            standing.region = number.map(|number| format!("r{number}"));
        }
        let listed: Vec<Value> = regions
            .iter()
            .enumerate()
            .map(|(number, (weight, cap))| {
                json!({ "name": format!("r{number}"), "weight": weight, "cap": cap.unwrap_or(-1) })
            })
            .collect();
        let properties = json!({ "regions": listed });
        let mut policies = vec![attached("senlin.policy.region_placement-1.0", &properties)];
        policies.extend(scales.then(|| scaling(OUT, &json!({}))));
        policies.extend(zoned.then(zones));
        let inputs = json!({
            "count": asked, "adjustment_type": "CHANGE_IN_CAPACITY", "number": asked, "strict": true,
        });
        let answer = ask(kind, &inputs, (0, -1), &members, &in_order(policies));
        let count = if kind == ActionKind::NodeCreate { 1 } else { asked };
        let there = |name: &String| {
            members.iter().filter(|standing| standing.region.as_ref() == Some(name)).count() as i64
        };
        let room = |name: &String| {
            let number: usize = name[1..].parse().unwrap();
            regions[number].1.map(|cap| (cap - there(name)).max(0))
        };
        let names: Vec<String> = (0..regions.len()).map(|number| format!("r{number}")).collect();
        let in_all = names.iter().map(room).try_fold(0_i64, |sum, room| Some(sum + room?));
        match answer {
            Ok(data) => {
                let creation = data.creation.unwrap();
                let spread = creation.regions.unwrap();
                prop_assert_eq!((creation.count, spread.values().sum::<i64>()), (count, count));
                for (name, made) in &spread {
                    prop_assert!(room(name).is_none_or(|room| *made <= room), "{} of {}", made, name);
                }
            }
            Err(reason) => {
                let text = "Failed policy 'pol': There is no feasible plan to handle all nodes.";
                prop_assert_eq!(reason, text);
                prop_assert!(in_all.is_some_and(|room| room < count));
            }
        }
    }
}
