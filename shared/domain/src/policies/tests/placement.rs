//! Where placement policies have nodes made, and go from (spec engine-policies §4).

use super::*;

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
