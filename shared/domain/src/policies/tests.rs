//! The decisions, by the worked examples of the specification, and what must hold whatever is asked.

use super::*;
use crate::cluster::{ClusterStatus, Sizes};
use crate::ids::{BindingId, ClusterId, ProfileId};
use crate::node::NodeStatus;
use crate::profile::Profile;
use proptest::prelude::*;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

fn cluster((min_size, max_size): (i64, i64)) -> Cluster {
    Cluster {
        id: ClusterId::new(Uuid::from_u128(1)),
        name: "c".to_owned(),
        profile_id: ProfileId::new(Uuid::from_u128(2)),
        profile_refs: Vec::new(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        sizes: Sizes { min_size, max_size, desired_capacity: 0 },
        next_index: 1,
        timeout: 3600,
        status: ClusterStatus::Active,
        status_reason: String::new(),
        init_at: NOW,
        created_at: None,
        updated_at: None,
        active_action: None,
        active_kind: None,
        metadata: JsonMap::new(),
        config: JsonMap::new(),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
    }
}

fn policy(kind: &str, properties: &Value) -> Policy {
    let (name, version) = kind.rsplit_once('-').unwrap();
    let spec = json!({ "type": name, "version": version, "properties": properties });
    Policy {
        id: PolicyId::new(Uuid::from_u128(7)),
        name: "pol".to_owned(),
        type_name: kind.to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: spec.as_object().unwrap().clone(),
        data: JsonMap::new(),
        created_at: NOW,
        updated_at: None,
    }
}

fn binding(kind: &str, number: u128) -> Binding {
    Binding {
        id: BindingId::new(Uuid::from_u128(number)),
        cluster_id: ClusterId::new(Uuid::from_u128(1)),
        policy_id: PolicyId::new(Uuid::from_u128(7)),
        policy_type: kind.to_owned(),
        enabled: true,
        priority: crate::policy_types::get(kind).unwrap().priority,
        data: None,
        last_op: None,
        created_at: NOW,
    }
}

fn attached(kind: &str, properties: &Value) -> Attached {
    Attached::new(binding(kind, 5), &policy(kind, properties)).unwrap()
}

/// Members of these statuses, created one second after the other.
fn members(statuses: &[NodeStatus]) -> Vec<Standing> {
    let standing = |(place, status): (usize, &NodeStatus)| Standing {
        member: Member {
            node: id(100 + place as u128),
            status: *status,
            index: i64::try_from(place).unwrap() + 1,
            tainted: false,
            created: true,
            pending: None,
            phase: 0,
            failed_for: None,
        },
        created_at: Some(NOW.plus(Duration::from_secs(place as u64))),
        profile_created_at: Some(NOW),
        zone: None,
        region: None,
    };
    statuses.iter().enumerate().map(standing).collect()
}

fn active(count: usize) -> Vec<Standing> {
    members(&vec![NodeStatus::Active; count])
}

fn ask(
    kind: ActionKind,
    inputs: &Value,
    sizes: (i64, i64),
    members: &[Standing],
    attached: &[Attached],
) -> Result<Data, String> {
    let (cluster, places) = (cluster(sizes), Places::default());
    let question = Question {
        kind,
        inputs: inputs.as_object().unwrap(),
        node: Some(id(100)),
        cluster: &cluster,
        members,
        places: &places,
        pinned_zone: false,
        pinned_region: false,
        max_nodes_per_cluster: 1000,
        now: NOW,
    };
    before(&question, attached, &mut ChaCha8Rng::from_seed([7; 32])).map_err(|refusal| refusal.reason)
}

const OUT: ActionKind = ActionKind::ClusterScaleOut;
const IN: ActionKind = ActionKind::ClusterScaleIn;

fn scaling(kind: ActionKind, adjustment: &Value) -> Attached {
    attached("senlin.policy.scaling-1.0", &json!({ "event": kind.name(), "adjustment": adjustment }))
}

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
    assert!(cooling(OUT, std::slice::from_ref(&policy), NOW).is_none());
    policy.binding.last_op = Some(NOW);
    for (seconds, cools) in [(0, true), (60, true), (61, false)] {
        let now = NOW.plus(Duration::from_secs(seconds));
        assert_eq!(cooling(OUT, std::slice::from_ref(&policy), now).is_some(), cools, "{seconds}");
    }
    assert!(cooling(IN, std::slice::from_ref(&policy), NOW).is_none());
    let refused = ask(OUT, &json!({}), (0, -1), &active(1), std::slice::from_ref(&policy)).unwrap_err();
    assert!(refused.ends_with("cooldown is still in progress."), "{refused}");
    // Either direction counts towards both.
    assert_eq!(counted(IN, std::slice::from_ref(&policy)), [policy.binding.policy_id]);
    assert_eq!(counted(ActionKind::ClusterResize, std::slice::from_ref(&policy)), []);
}

fn victims(criteria: &str, count: u64, members: &[Standing]) -> Vec<u128> {
    let policy = attached("senlin.policy.deletion-1.1", &json!({ "criteria": criteria }));
    let data = ask(IN, &json!({ "count": count }), (0, -1), members, &[policy]).unwrap();
    let candidates = data.deletion.unwrap().candidates.unwrap();
    candidates.iter().map(|node| node.uuid().as_u128() - 99).collect()
}

#[test]
fn the_bad_go_first_and_then_the_criteria_decide() {
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
fn pol_5_a_hook_that_is_not_carried_out_is_refused_before_anything_changes() {
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

fn zones() -> Attached {
    attached("senlin.policy.zone_placement-1.0", &json!({ "zones": [{ "name": "a" }, { "name": "b" }] }))
}

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

#[test]
fn a_batch_is_as_large_as_what_stays_in_service_allows() {
    for (nodes, least, most, batches) in [
        (10, 3, -1, vec![7, 3]),
        (10, 3, 4, vec![4, 4, 2]),
        (10, 1, -1, vec![9, 1]),
        (5, 1, 3, vec![3, 2]),
        (3, 3, -1, vec![2, 1]),
        (3, 5, -1, vec![2, 1]),
        (3, 5, 1, vec![1, 1, 1]),
        (1, 1, -1, vec![1]),
        (2, 1, -1, vec![1, 1]),
        (10, 0, -1, vec![10]),
        (7, 2, 2, vec![2, 2, 2, 1]),
        // POL-23: a most of nothing is none.
        (4, 2, 0, vec![2, 2]),
    ] {
        let properties = json!({ "min_in_service": least, "max_batch_size": most, "pause_time": 5 });
        let policy = attached("senlin.policy.batch-1.0", &properties);
        let data = ask(ActionKind::ClusterUpdate, &json!({}), (0, -1), &active(nodes), &[policy]).unwrap();
        let update = data.update.unwrap();
        let sizes: Vec<usize> = update.order.chunks(update.size).map(<[NodeId]>::len).collect();
        assert_eq!((sizes, update.pause_time), (batches, 5), "{nodes} {least} {most}");
    }
}

#[test]
fn the_bad_are_updated_first() {
    let members = members(&[NodeStatus::Active, NodeStatus::Error, NodeStatus::Active]);
    let policy = attached("senlin.policy.batch-1.0", &json!({}));
    let data = ask(ActionKind::ClusterUpdate, &json!({}), (0, -1), &members, &[policy]).unwrap();
    assert_eq!(data.update.unwrap().order, [id(101), id(100), id(102)]);
}

#[test]
fn new_nodes_belong_to_the_group_and_the_zone_of_an_affinity_policy() {
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

#[test]
fn one_policy_of_a_type_may_be_attached_and_only_to_what_it_is_for() {
    let profile = |type_name: &str| Profile {
        id: ProfileId::new(Uuid::from_u128(2)),
        name: "p".to_owned(),
        type_name: type_name.to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: JsonMap::new(),
        metadata: None,
        created_at: NOW,
        updated_at: None,
    };
    let (server, stack) = (profile("os.nova.server-1.0"), profile("os.heat.stack-1.0"));
    let deletion = policy("senlin.policy.deletion-1.1", &json!({}));
    let other = |kind| [binding(kind, 9)];
    assert_eq!(attachable(&deletion, &[], &stack), Ok(()));
    assert_eq!(attachable(&deletion, &other("senlin.policy.deletion-1.0"), &server), Ok(()));
    let refused = attachable(&deletion, &other("senlin.policy.deletion-1.1"), &server).unwrap_err();
    assert!(
        refused.starts_with("Only one instance of policy type (senlin.policy.deletion-1.1)"),
        "{refused}"
    );
    let scaling = policy("senlin.policy.scaling-1.0", &json!({ "event": "CLUSTER_SCALE_IN" }));
    assert_eq!(attachable(&scaling, &other("senlin.policy.scaling-1.0"), &server), Ok(()));
    let zones = policy("senlin.policy.zone_placement-1.0", &json!({ "zones": [] }));
    let text = "Policy not applicable on profile type: os.heat.stack-1.0";
    assert_eq!(attachable(&zones, &[], &stack), Err(text.to_owned()));
    for (action, fits) in [("REBUILD", false), ("REBOOT", false), ("RECREATE", true)] {
        let properties = json!({
            "detection": { "detection_modes": [{ "type": "NODE_STATUS_POLLING" }] },
            "recovery": { "actions": [{ "name": action }] },
        });
        let health = policy("senlin.policy.health-1.2", &properties);
        assert_eq!(attachable(&health, &[], &stack).is_ok(), fits, "{action}");
        assert_eq!(attachable(&health, &[], &server), Ok(()), "{action}");
    }
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
