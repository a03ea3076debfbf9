//! What the policies of a cluster make of one action together: the examples of the specification (spec
//! engine-policies §9). What becomes of nodes that cannot leave a pool (§9.5) is for tests of whole actions.

use super::super::load_balance::moves;
use super::*;
use crate::policy_types;

fn balancing() -> Attached {
    let properties = json!({ "pool": { "subnet": "private" }, "vip": { "subnet": "public" } });
    attached("senlin.policy.loadbalance-1.3", &properties)
}

fn looking_after() -> Attached {
    let properties = json!({
        "detection": { "detection_modes": [{ "type": "NODE_STATUS_POLLING" }] },
        "recovery": { "actions": [{ "name": "RECREATE" }] },
    });
    attached("senlin.policy.health-1.2", &properties)
}

#[test]
fn engine_policies_9_1_a_scale_in_with_scaling_zones_deletion_balancing_and_health() {
    let hooks = json!({ "type": "zaqar", "params": { "queue": "q" } });
    let deletion = json!({ "criteria": "OLDEST_FIRST", "grace_period": 5, "hooks": hooks });
    let order = in_order(vec![
        looking_after(),
        balancing(),
        attached("senlin.policy.deletion-1.1", &deletion),
        zones(),
        scaling(IN, &json!({ "number": 2, "cooldown": 60 })),
    ]);
    let kinds: Vec<&str> = order.iter().map(|each| each.kind.name).collect();
    let expected = ["scaling", "zone_placement", "deletion", "loadbalance", "health"];
    assert_eq!(kinds, expected.map(|name| format!("senlin.policy.{name}")));
    // The oldest of all are in the zone that has too few.
    let mut members = active(6);
    for (standing, zone) in members.iter_mut().zip(["b", "b", "a", "a", "a", "a"]) {
        standing.zone = Some(zone.to_owned());
    }
    let data = ask(IN, &json!({}), (0, -1), &members, &order).unwrap();
    let expected = Deletion {
        count: 2,
        candidates: Some(vec![id(102), id(103)]),
        zones: Some(Spread::from([("a".to_owned(), 2)])),
        regions: None,
        manner: Some(Manner { destroy_after_deletion: true, grace_period: 5, reduce_desired_capacity: true }),
    };
    assert_eq!(data.deletion, Some(expected));
    assert_eq!((data.creation, data.health), (None, None));
    assert_eq!(data.hooks.unwrap().queue, "q");
    assert!(moves(IN).out && health::rests(IN, false));
    assert_eq!(counted(IN, &order), [order[0].binding.policy_id]);
}

#[test]
fn engine_policies_9_2_a_scale_out_with_scaling_affinity_and_balancing() {
    let affinity = attached("senlin.policy.affinity-1.0", &json!({ "servergroup": { "name": "g" } }));
    let order = in_order(vec![balancing(), affinity, scaling(OUT, &json!({ "number": 2 }))]);
    let data = ask(OUT, &json!({}), (0, -1), &active(1), &order).unwrap();
    assert_eq!(data.creation, Some(Creation { count: 2, ..Creation::default() }));
    assert_eq!(data.placement, Some(Placement { count: 2, server_group: "g".to_owned(), zone: None }));
    assert_eq!((data.deletion, data.health), (None, None));
    assert!(moves(OUT).into && !moves(OUT).out);
    assert_eq!(counted(OUT, &order), [order[0].binding.policy_id]);
}

/// Who goes is chosen when the action begins, before anybody leaves the pool.
#[test]
fn engine_policies_9_3_a_resize_behind_a_balancer_alone_is_left_to_choose() {
    let kind = ActionKind::ClusterResize;
    let inputs = json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": -2, "strict": true });
    assert_eq!(ask(kind, &inputs, (0, -1), &active(3), &[balancing()]), Ok(Data::default()));
    assert!(moves(kind).out);
}

#[test]
fn engine_policies_9_4_the_count_of_the_request_wins_and_the_policy_only_checks() {
    let mut policy = scaling(IN, &json!({ "number": 1, "cooldown": 60 }));
    let ask_for = |count: i64, policy: &Attached| {
        ask(IN, &json!({ "count": count }), (2, -1), &active(5), std::slice::from_ref(policy))
    };
    assert_eq!(ask_for(3, &policy).unwrap().deletion.unwrap().count, 3);
    let refused = ask_for(4, &policy).unwrap_err();
    assert!(
        refused.ends_with("The target capacity (1) is less than the cluster's min_size (2)."),
        "{refused}"
    );
    policy.binding.last_op = Some(NOW);
    assert!(ask_for(3, &policy).unwrap_err().ends_with("cooldown is still in progress."));
}

#[test]
fn engine_policies_9_6_the_health_policy_is_asked_last_and_refuses_nothing() {
    let last = policy_types::ALL.iter().max_by_key(|kind| kind.priority).unwrap();
    assert_eq!(last.name, health::NAME);
    let same = policy_types::ALL.iter().filter(|kind| kind.priority == last.priority);
    assert_eq!(same.count(), 1);
    for kind in ActionKind::ALL {
        let inputs = json!({ "count": "x", "adjustment_type": 7, "candidates": 7 });
        assert_eq!(ask(*kind, &inputs, (0, -1), &active(1), &[looking_after()]), Ok(Data::default()));
    }
}
