//! Which nodes a deletion policy has go, and who is told (spec engine-policies §3).

use super::*;

fn victims(criteria: &str, count: u64, members: &[Standing]) -> Vec<u128> {
    let policy = attached("senlin.policy.deletion-1.1", &json!({ "criteria": criteria }));
    let data = ask(IN, &json!({ "count": count }), (0, -1), members, &[policy]).unwrap();
    let candidates = data.deletion.unwrap().candidates.unwrap();
    candidates.iter().map(|node| node.uuid().as_u128() - 99).collect()
}

#[test]
fn engine_policies_3_the_bad_go_first_and_then_the_criteria_decide() {
    let mut members =
        members(&[NodeStatus::Error, NodeStatus::Active, NodeStatus::Active, NodeStatus::Active]);
    assert_eq!(victims("OLDEST_FIRST", 2, &members), [1, 2]);
    assert_eq!(victims("YOUNGEST_FIRST", 2, &members), [1, 4]);
    members[2].member.tainted = true;
    for criteria in ["OLDEST_FIRST", "YOUNGEST_FIRST", "RANDOM", "OLDEST_PROFILE_FIRST"] {
        assert_eq!(victims(criteria, 2, &members), [1, 3], "{criteria}");
        assert_eq!(victims(criteria, 1, &members), [1], "{criteria}");
    }
    members[3].profile_created_at = Some(NOW.minus(Duration::from_secs(9)));
    assert_eq!(victims("OLDEST_PROFILE_FIRST", 3, &members), [1, 3, 4]);
    // More than there are is all there are.
    assert_eq!(victims("OLDEST_FIRST", 9, &members).len(), 4);
}

#[test]
fn pol_4_hooks_are_heard_when_nodes_are_named_too() {
    let hooks = json!({ "type": "zaqar", "params": { "queue": "q" }, "timeout": 9 });
    let policy = attached("senlin.policy.deletion-1.1", &json!({ "hooks": hooks, "grace_period": 3 }));
    let inputs = json!({ "candidates": [id(101)] });
    let data = ask(ActionKind::ClusterDelNodes, &inputs, (0, -1), &active(3), &[policy]).unwrap();
    assert_eq!(data.deletion.unwrap().candidates, Some(vec![id(101)]));
    assert_eq!(data.hooks.unwrap().queue, "q");
}

#[test]
fn pol_5_clu_22_a_hook_that_is_not_carried_out_is_refused_before_anything_changes() {
    let policy = attached("senlin.policy.deletion-1.1", &json!({ "hooks": { "type": "webhook" } }));
    let refused = ask(IN, &json!({}), (0, -1), &active(3), &[policy]).unwrap_err();
    assert_eq!(refused, "Failed policy 'pol': Lifecycle hook type 'webhook' is not implemented");
}

#[test]
fn pol_7_a_count_may_be_spelled_out() {
    let policy = attached("senlin.policy.deletion-1.1", &json!({}));
    let data = ask(IN, &json!({ "count": "2" }), (0, -1), &active(3), &[policy]).unwrap();
    assert_eq!(data.deletion.unwrap().count, 2);
}

/// What of them is ignored is for the actions: the target falls with every scaling, and a node that is deleted
/// by itself is destroyed.
#[test]
fn engine_policies_3_the_settings_go_with_every_action_that_takes_nodes() {
    let hooks = json!({ "params": { "queue": "q" }, "timeout": 9 });
    let properties = json!({
        "destroy_after_deletion": false, "grace_period": 7, "reduce_desired_capacity": false, "hooks": hooks,
    });
    let policy = [attached("senlin.policy.deletion-1.0", &properties)];
    let inputs = json!({
        "candidates": [id(100)], "destroy_after_deletion": true, "count": 1,
        "adjustment_type": "CHANGE_IN_CAPACITY", "number": -1, "strict": true,
    });
    for kind in [IN, ActionKind::ClusterResize, ActionKind::ClusterDelNodes, ActionKind::NodeDelete] {
        let data = ask(kind, &inputs, (0, -1), &active(3), &policy).unwrap();
        let deletion = data.deletion.unwrap();
        let manner =
            Manner { destroy_after_deletion: false, grace_period: 7, reduce_desired_capacity: false };
        assert_eq!((deletion.count, deletion.manner), (1, Some(manner)), "{kind:?}");
        let hooks = data.hooks.unwrap();
        assert_eq!((hooks.kind.as_str(), hooks.queue.as_str(), hooks.timeout), ("zaqar", "q", 9), "{kind:?}");
    }
    let growing = json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": 1, "strict": true });
    let data = ask(ActionKind::ClusterResize, &growing, (0, -1), &active(3), &policy).unwrap();
    assert_eq!(data, Data::default(), "nobody goes");
}
