//! Which group new nodes belong to (spec engine-policies §5).

use super::*;

#[test]
fn engine_policies_5_new_nodes_belong_to_the_group_and_the_zone_of_an_affinity_policy() {
    let properties = json!({ "servergroup": { "name": "g" }, "availability_zone": "az1" });
    let policy = attached("senlin.policy.affinity-1.0", &properties);
    let data = ask(OUT, &json!({ "count": 2 }), (0, -1), &active(1), &[policy]).unwrap();
    let placement = data.placement.unwrap();
    assert_eq!((placement.count, placement.server_group.as_str()), (2, "g"));
    assert_eq!(placement.zone.as_deref(), Some("az1"));
}

#[test]
fn pol_14_an_affinity_policy_without_a_group_makes_one_of_its_own() {
    let policy = attached("senlin.policy.affinity-1.0", &json!({}));
    let group = policy.binding.id.to_string();
    let data = ask(OUT, &json!({}), (0, -1), &active(1), &[policy]).unwrap();
    assert_eq!(data.placement.unwrap().server_group, group);
}
