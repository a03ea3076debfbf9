//! Which nodes are members of a pool, and what is kept of it (spec engine-policies §6).

use super::super::load_balance::*;
use super::*;
use crate::node::Node;
use proptest::prelude::*;

fn node(status: NodeStatus, instance: Option<&str>, data: &Value) -> Node {
    Node {
        id: id(9),
        name: "n".to_owned(),
        cluster_id: Some(ClusterId::new(Uuid::from_u128(1))),
        physical_id: instance.map(str::to_owned),
        profile_id: ProfileId::new(Uuid::from_u128(2)),
        profile_type: "os.nova.server-1.0".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        index: 1,
        role: None,
        init_at: NOW,
        created_at: None,
        updated_at: None,
        status,
        status_reason: String::new(),
        metadata: None,
        data: data.as_object().unwrap().clone(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: None,
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: false,
    }
}

const LB: &str = "senlin.policy.loadbalance-1.3";

#[test]
fn the_actions_that_move_nodes_are_those_of_the_reference_and_a_clusters_recovery() {
    use ActionKind::*;
    let out =
        [ClusterDelNodes, ClusterScaleIn, ClusterResize, NodeDelete, ClusterReplaceNodes, ClusterRecover];
    let into = [
        ClusterAddNodes,
        ClusterScaleOut,
        ClusterResize,
        NodeRecover,
        NodeCreate,
        ClusterReplaceNodes,
        // POL-16.
        ClusterRecover,
    ];
    for kind in ActionKind::ALL {
        let expected = Moves { out: out.contains(kind), into: into.contains(kind) };
        assert_eq!(moves(*kind), expected, "{kind:?}");
    }
}

#[test]
fn only_a_node_that_serves_is_a_member() {
    let member = |id: &str| Need::Member(Some(id.to_owned()));
    for (status, instance, data, expected) in [
        (NodeStatus::Active, Some("i"), json!({}), Need::Member(None)),
        (NodeStatus::Active, Some("i"), json!({ "lb_member": "m" }), member("m")),
        (NodeStatus::Active, Some("i"), json!({ "recovery": "RECREATE" }), Need::Member(None)),
        (
            NodeStatus::Active,
            Some("i"),
            json!({ "lb_member": "m", "recovery": "RECREATE" }),
            Need::Another("m".to_owned()),
        ),
        // One that was left out before is tried again.
        (NodeStatus::Warning, Some("i"), json!({}), Need::Member(None)),
        (NodeStatus::Active, None, json!({ "lb_member": "m" }), Need::Nothing),
        (NodeStatus::Error, Some("i"), json!({ "lb_member": "m" }), Need::Nothing),
    ] {
        assert_eq!(need(&node(status, instance, &data)), expected, "{status:?} {instance:?} {data}");
    }
}

#[test]
fn pol_18_a_node_that_failed_is_no_member() {
    for status in NodeStatus::ALL {
        let serves = matches!(status, NodeStatus::Active | NodeStatus::Warning);
        assert_eq!(need(&node(status, Some("i"), &json!({}))) != Need::Nothing, serves, "{status:?}");
    }
}

#[test]
fn the_binding_keeps_the_front_as_the_reference_lays_it_out() {
    let described = json!({ "loadbalancer": "b", "pool": "p", "listener": "l", "vip_address": "10.0.0.1" });
    let data = kept(&described);
    let expected = json!({ "version": "1.3", "data": { "loadbalancer": "b", "pool": "p", "listener": "l" } });
    assert_eq!(Value::Object(data.clone()), json!({ "LoadBalancingPolicy": expected }));
    let bound_by = |data: Option<JsonMap>| Binding { data, ..binding(LB, 1) };
    assert_eq!(front(&bound_by(Some(data.clone()))).unwrap()["pool"], "p");
    assert_eq!(front(&bound_by(None)), None);
    // What another version has kept is as good as nothing.
    let mut other = data;
    other["LoadBalancingPolicy"]["version"] = json!("1.2");
    assert_eq!(front(&bound_by(Some(other))), None);
}

#[test]
fn a_cluster_has_one_policy_that_balances() {
    let others = [binding("senlin.policy.deletion-1.1", 1), binding("senlin.policy.loadbalance-1.0", 2)];
    assert_eq!(bound(&others).map(|binding| binding.id), Some(others[1].id));
    assert_eq!(bound(&others[..1]), None);
    assert!(!is_load_balance("senlin.policy.loadbalancer-1.0"));
}

#[test]
fn who_failed_is_named() {
    let nodes = [id(1), id(2)];
    let (one, two) = (id(1).to_string(), id(2).to_string());
    let text = format!("Failed policy 'lb': Failed in adding nodes into lb pool: ['{one}', '{two}']");
    assert_eq!(not_added("lb", &nodes), text);
    let text = format!("Failed policy 'lb': Failed in removing deleted node(s) from lb pool: ['{one}']");
    assert_eq!(not_removed("lb", &nodes[..1]), text);
}

proptest! {
    /// What a policy adds goes with it, and nothing else does.
    #[test]
    fn what_comes_with_a_policy_goes_with_it(numbers in prop::collection::btree_set(0_u128..9, 0..5), one in 0_u128..9) {
        let policy = |number: u128| PolicyId::new(Uuid::from_u128(number));
        let own = json!({ "mine": 1 }).as_object().unwrap().clone();
        let all = numbers.iter().fold(own.clone(), |data, number| {
            with_address(&data, policy(*number), Some("10.0.0.1"))
        });
        let without = with_addresses_of(&all, |other| other != policy(one));
        let expected = numbers.iter().filter(|number| **number != one).fold(own, |data, number| {
            with_address(&data, policy(*number), Some("10.0.0.1"))
        });
        prop_assert_eq!(without, expected);
    }

    /// Who has joined and left is as before, but for the mark that a recovery has left.
    #[test]
    fn a_node_that_leaves_forgets_only_its_member(key in "[a-z]{1,8}", member_id in "[a-z0-9]{1,8}", recovered: bool) {
        prop_assume!(!["lb_member", "recovery"].contains(&key.as_str()));
        let before = json!({ key: 1 }).as_object().unwrap().clone();
        let mut marked = before.clone();
        if recovered {
            marked.insert("recovery".to_owned(), json!("RECREATE"));
        }
        let during = joined(&marked, &member_id);
        prop_assert_eq!(member(&during), Some(member_id.as_str()));
        prop_assert_eq!(left(&during), before);
    }
}
