//! Actions that work on the nodes there are.

use super::*;
use crate::fixtures::node;
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;

const NEW: ProfileId = ProfileId::new(Uuid::from_u128(55));

fn profile(id: ProfileId, properties: &Value) -> Profile {
    let spec = json!({"type": "os.nova.server", "version": "1.0", "properties": properties});
    Profile {
        id,
        name: "p".to_owned(),
        type_name: "os.nova.server-1.0".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: spec.as_object().cloned().unwrap(),
        metadata: None,
        created_at: NOW,
        updated_at: None,
    }
}

fn failed(mut members: Vec<Member>, action: &Action, place: usize) -> Vec<Member> {
    members[place].failed_for = Some(action.id);
    members
}

#[test]
fn a_check_looks_at_every_member_and_fails_when_one_cannot_be_looked_at() {
    let action = action(ActionKind::ClusterCheck, &json!({}));
    let before = cluster(ClusterStatus::Active, (0, -1, 2));
    let all = members(&[Active, Error]);
    let beginning = begin(&action, &before, &all).unwrap();
    assert_eq!(beginning.assignment, Some((Job::Check, all.iter().map(|member| member.node).collect())));
    assert_eq!(beginning.cluster.status, ClusterStatus::Checking);
    let plan = assigned(Job::Check, 2);
    let well = end(&action, &beginning.cluster, &all, &plan);
    assert_eq!(well.status, ActionStatus::Succeeded, "a sick node is a check that succeeded");
    assert_eq!(well.cluster.unwrap().status, ClusterStatus::Warning);
    let ending = end(&action, &beginning.cluster, &failed(all, &action, 0), &plan);
    assert_eq!(
        (ending.status, ending.reason),
        (ActionStatus::Failed, "CLUSTER_CHECK [00000000] failed".into())
    );
}

#[test]
fn a_new_profile_is_for_the_future_or_for_every_member() {
    let before = cluster(ClusterStatus::Active, (0, -1, 1));
    let one = members(&[Active]);
    let future = action(ActionKind::ClusterUpdate, &json!({"new_profile_id": NEW, "profile_only": true}));
    let after = begin(&future, &before, &one).unwrap();
    assert_eq!((after.cluster.profile_id, after.assignment), (NEW, None));
    assert_eq!(after.cluster.profile_refs.len(), 2, "members are still made from the earlier one");

    let rollout = action(ActionKind::ClusterUpdate, &json!({"new_profile_id": NEW}));
    let old = profile(before.profile_id, &json!({"flavor": "1", "networks": []}));
    let new = profile(NEW, &json!({"flavor": "2", "networks": []}));
    let reads = Reads { profiles: vec![old, new], ..Reads::default() };
    let during = begin_with(&rollout, &before, &one, &reads).unwrap();
    assert_eq!(during.cluster.profile_id, before.profile_id, "until every member has it");
    let Some((job, nodes)) = during.assignment else { panic!("members are updated") };
    assert_eq!(nodes, [one[0].node]);
    let plan = assigned(job, 1);
    assert_eq!(end(&rollout, &during.cluster, &one, &plan).cluster.unwrap().profile_id, NEW);
    let ending = end(&rollout, &during.cluster, &failed(one, &rollout, 0), &plan);
    assert_eq!(ending.reason, "Failed in updating nodes.");
    assert_eq!(ending.cluster.unwrap().profile_id, before.profile_id);
}

#[test]
fn a_roll_out_that_would_change_what_cannot_change_touches_nothing() {
    let before = cluster(ClusterStatus::Active, (0, -1, 1));
    let rollout = action(ActionKind::ClusterUpdate, &json!({"new_profile_id": NEW}));
    let old = profile(before.profile_id, &json!({"flavor": "1", "networks": []}));
    let new = profile(NEW, &json!({"flavor": "1", "networks": [], "key_name": "k"}));
    let reads = Reads { profiles: vec![old, new], ..Reads::default() };
    let refused = begin_with(&rollout, &before, &members(&[Active]), &reads).unwrap_err();
    assert_eq!(*refused.cluster, before);
    assert_eq!(refused.reason, "Failed in updating nodes: the property 'key_name' cannot be changed.");
}

#[test]
fn only_active_nodes_of_no_cluster_join_and_the_target_grows_when_they_have() {
    let before = Cluster { next_index: 3, ..cluster(ClusterStatus::Active, (0, 3, 2)) };
    let (orphan, sick) = (node(1, Active, None), node(2, Error, None));
    let taken = node(3, Active, Some(before.id));
    let two = members(&[Active, Active]);
    let ids = |nodes: &[&Node]| json!({"nodes": nodes.iter().map(|node| node.id).collect::<Vec<_>>()});
    let reads = Reads { nodes: vec![orphan.clone(), sick.clone(), taken.clone()], ..Reads::default() };
    let unknown = node(9, Active, None);
    let all = action(ActionKind::ClusterAddNodes, &ids(&[&orphan, &sick, &taken, &unknown]));
    let refused = begin_with(&all, &before, &two, &reads).unwrap_err();
    let expected = [
        format!("Node {} is not in ACTIVE status.", sick.id),
        format!("Node {} is already owned by cluster {}.", taken.id, before.id),
        format!("Node {} is not found.", unknown.id),
    ];
    assert_eq!(refused.reason, expected.join("\n"));
    let one = action(ActionKind::ClusterAddNodes, &ids(&[&orphan]));
    let Some((job, nodes)) = begin_with(&one, &before, &two, &reads).unwrap().assignment else { panic!() };
    assert_eq!(nodes, [orphan.id]);
    let plan = assigned(job, 1);
    let mut three = members(&[Active; 3]);
    three[2].index = before.next_index;
    let ending = end(&one, &before, &three, &plan);
    assert_eq!((ending.status, ending.cluster.unwrap().sizes.desired_capacity), (ActionStatus::Succeeded, 3));
    let short = end(&one, &before, &two, &plan);
    assert_eq!((short.status, short.cluster.unwrap()), (ActionStatus::Failed, before.clone()));
    let full = begin_with(&one, &before, &members(&[Active; 3]), &reads).unwrap_err();
    assert_eq!(full.reason, "The target capacity (4) is greater than the cluster's max_size (3).");
}

#[test]
fn members_are_taken_out_and_deleted_only_if_that_was_asked_for() {
    let before = cluster(ClusterStatus::Active, (1, -1, 3));
    let all = members(&[Active; 3]);
    let found = Reads {
        nodes: all
            .iter()
            .map(|member| Node { id: member.node, ..node(1, Active, Some(before.id)) })
            .collect(),
        ..Reads::default()
    };
    for (destroy, job) in [(json!(null), Job::Leave), (json!(false), Job::Leave), (json!(true), Job::Remove)]
    {
        let inputs = json!({"candidates": [all[1].node], "count": 1, "destroy_after_deletion": destroy});
        let action = action(ActionKind::ClusterDelNodes, &inputs);
        let beginning = begin_with(&action, &before, &all, &found).unwrap();
        assert_eq!(beginning.assignment, Some((job, vec![all[1].node])));
        assert_eq!(beginning.cluster.sizes.desired_capacity, 2);
    }
    let missing =
        action(ActionKind::ClusterDelNodes, &json!({"candidates": [NodeId::new(Uuid::from_u128(5))]}));
    let refused = begin_with(&missing, &before, &all, &found).unwrap_err();
    assert_eq!(refused.reason, "Nodes not found: ['00000000-0000-0000-0000-000000000005'].");
    let ids: Vec<NodeId> = all.iter().map(|member| member.node).collect();
    let every = action(ActionKind::ClusterDelNodes, &json!({"candidates": ids}));
    let refused = begin_with(&every, &before, &all, &found).unwrap_err();
    assert_eq!(refused.reason, "The target capacity (0) is less than the cluster's min_size (1).");
}

#[test]
fn clu_7_who_replaces_a_member_joins_first_and_only_then_the_member_leaves() {
    let before = cluster(ClusterStatus::Active, (0, -1, 2));
    let mut all = members(&[Active; 2]);
    let new = node(1, Active, None);
    let action =
        action(ActionKind::ClusterReplaceNodes, &json!({"candidates": {all[0].node.to_string(): new.id}}));
    let reads = Reads { nodes: vec![new.clone()], ..Reads::default() };
    let beginning = begin_with(&action, &before, &all, &reads).unwrap();
    let Some((job @ Job::Join { .. }, joining)) = beginning.assignment else { panic!("the new one joins") };
    assert_eq!(joining, [new.id]);
    let plan = assigned(job, 1);
    let next = |members: &[Member]| {
        let settings = Settings::default();
        let now = situation(&action, &before, members, &reads, &settings);
        on_cluster(action.kind).unwrap().next(&now, &plan, &mut ChaCha8Rng::from_seed([7; 32]))
    };
    assert_eq!(next(&all), None, "nobody leaves for one who has not come");
    let old = all[0].node;
    all.push(Member { node: new.id, ..all[1] });
    assert_eq!(next(&all).unwrap().assignment, Some((Job::Leave, vec![old])));
    let left = assigned(Job::Leave, 1);
    assert_eq!(end(&action, &before, &all, &left).status, ActionStatus::Failed);
    assert_eq!(end(&action, &before, &all[1..], &left).status, ActionStatus::Succeeded);
}

#[test]
fn recovery_is_for_those_who_are_not_active_and_then_for_the_number_of_members() {
    let before = cluster(ClusterStatus::Warning, (0, -1, 4));
    let all = members(&[Active, Error, NodeStatus::Warning]);
    let sick = |inputs: Value| {
        let action = action(ActionKind::ClusterRecover, &inputs);
        begin(&action, &before, &all).unwrap().assignment.unwrap().1.len()
    };
    assert_eq!(sick(json!({"operation": "REBOOT"})), 2);
    assert_eq!(sick(json!({"check": true})), 3);
    let next = |inputs: Value, members: &[Member]| {
        let (settings, reads) = (Settings::default(), Reads::default());
        let action = action(ActionKind::ClusterRecover, &inputs);
        let now = situation(&action, &before, members, &reads, &settings);
        let plan = assigned(Job::Check, 0);
        on_cluster(action.kind).unwrap().next(&now, &plan, &mut ChaCha8Rng::from_seed([7; 32]))
    };
    assert_eq!(next(json!({}), &all), None);
    assert_eq!(next(json!({"check_capacity": true}), &all).unwrap().create, 1);
    assert_eq!(next(json!({"check_capacity": true}), &members(&[Active; 4])), None);
    let surplus = next(json!({"check_capacity": true}), &members(&[Active; 6])).unwrap();
    assert_eq!(removed(&surplus).len(), 2);
}

/// What the actions on nodes are told that a recovery of their cluster derives.
#[test]
fn engine_nodes_8_a_recovery_of_a_cluster_hands_on_the_operation_and_its_parameters_alone() {
    let before = cluster(ClusterStatus::Warning, (0, -1, 1));
    for (inputs, expected) in [
        (json!({}), json!({"operation": null, "operation_params": null})),
        (
            json!({"operation": "REBOOT", "operation_params": {"type": "SOFT"}, "check": true}),
            json!({"operation": "REBOOT", "operation_params": {"type": "SOFT"}}),
        ),
        (
            json!({"operation": "REBUILD", "check_capacity": true, "delete_timeout": 9, "force_recreate": true}),
            json!({"operation": "REBUILD", "operation_params": null}),
        ),
    ] {
        let beginning = begin(&action(ActionKind::ClusterRecover, &inputs), &before, &members(&[Error]));
        let (job, _) = beginning.unwrap().assignment.unwrap();
        assert_eq!(Value::Object(job.inputs()), expected);
    }
}

#[test]
fn an_operation_runs_on_the_chosen_members_and_names_the_status() {
    let before = cluster(ClusterStatus::Active, (0, -1, 2));
    let all = members(&[Active; 2]);
    let inputs = json!({"operation": "stop", "params": {}, "nodes": [all[1].node, NodeId::new(Uuid::nil())]});
    let action = action(ActionKind::ClusterOperation, &inputs);
    let beginning = begin(&action, &before, &all).unwrap();
    assert_eq!(beginning.assignment.unwrap().1, [all[1].node], "one that has gone is not missed");
    assert_eq!(beginning.cluster.status_reason, "Operation stop in progress");
    let job = Job::Operate { operation: "stop".to_owned(), params: JsonMap::new() };
    let ending = end(&action, &beginning.cluster, &all, &assigned(job, 1));
    assert_eq!(ending.reason, "Cluster operation 'stop' completed.");
    let reason = ending.cluster.unwrap().status_reason;
    assert_eq!(reason, "stop: number of active nodes is equal or above desired_capacity (2).");
}
