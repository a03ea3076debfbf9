//! The decisions, one by one: what each action asks for, and how it judges the outcome.

use super::{Beginning, Ending, Reads, Refused, Situation, on_cluster};
use crate::env::Settings;
use crate::jobs::Job;
use crate::work::{Assignment, Creation, Plan};
use coppice_domain::action::{Action, ActionKind, ActionStatus, Cause};
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Member, Sizes};
use coppice_domain::ids::{ActionId, ClusterId, NodeId, ProfileId};
use coppice_domain::node::NodeStatus;
use coppice_domain::policies::Data;
use coppice_domain::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use std::sync::OnceLock;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn cluster(status: ClusterStatus, (min_size, max_size, desired_capacity): (i64, i64, i64)) -> Cluster {
    Cluster {
        id: ClusterId::new(Uuid::from_u128(1)),
        name: "web".to_owned(),
        profile_id: ProfileId::new(Uuid::from_u128(2)),
        profile_type: "os.nova.server-1.0".to_owned(),
        profile_refs: vec![ProfileId::new(Uuid::from_u128(2))],
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        sizes: Sizes { min_size, max_size, desired_capacity },
        next_index: 1,
        timeout: 3600,
        status,
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

fn action(kind: ActionKind, inputs: &Value) -> Action {
    let target = Uuid::from_u128(1);
    Action {
        id: ActionId::new(Uuid::from_u128(9)),
        name: Action::conventional_name(kind, target),
        kind,
        target,
        cluster_id: Some(ClusterId::new(target)),
        cause: Cause::Request,
        parent: None,
        user: "u".to_owned(),
        project: "p".to_owned(),
        timeout: 3600,
        status: ActionStatus::Running,
        status_reason: String::new(),
        inputs: inputs.as_object().cloned().unwrap_or_default(),
        outputs: JsonMap::new(),
        data: JsonMap::new(),
        created_at: NOW,
        updated_at: None,
        start_time: Some(NOW),
        end_time: None,
    }
}

fn members(statuses: &[NodeStatus]) -> Vec<Member> {
    let member = |(place, status): (usize, &NodeStatus)| Member {
        node: NodeId::new(Uuid::from_u128(100 + place as u128)),
        status: *status,
        index: i64::try_from(place).unwrap() + 1,
        tainted: false,
        created: true,
        pending: None,
        phase: 0,
        failed_for: None,
    };
    statuses.iter().enumerate().map(member).collect()
}

/// What the policies of a cluster without any decide.
fn undecided() -> &'static Data {
    static NOTHING: OnceLock<Data> = OnceLock::new();
    NOTHING.get_or_init(Data::default)
}

fn situation<'a>(
    action: &'a Action,
    cluster: &'a Cluster,
    members: &'a [Member],
    reads: &'a Reads,
    settings: &'a Settings,
) -> Situation<'a> {
    let (bindings, decided) = (&[][..], undecided());
    Situation { action, cluster, members, bindings, reads, decided, phase: 0, settings, now: NOW }
}

fn begin_with(
    action: &Action,
    cluster: &Cluster,
    members: &[Member],
    reads: &Reads,
) -> Result<Beginning, Refused> {
    let settings = Settings::default();
    let now = situation(action, cluster, members, reads, &settings);
    on_cluster(action.kind).unwrap().begin(&now, &mut ChaCha8Rng::from_seed([7; 32]))
}

fn begin(action: &Action, cluster: &Cluster, members: &[Member]) -> Result<Beginning, Refused> {
    begin_with(action, cluster, members, &Reads::default())
}

fn end(action: &Action, cluster: &Cluster, members: &[Member], plan: &Plan) -> Ending {
    let (settings, reads) = (Settings::default(), Reads::default());
    let now = situation(action, cluster, members, &reads, &settings);
    on_cluster(action.kind).unwrap().end(&now, plan)
}

/// The nodes that a beginning removes.
fn removed(beginning: &Beginning) -> &[NodeId] {
    match &beginning.assignment {
        Some((Job::Remove, nodes)) => nodes,
        _ => &[],
    }
}

fn created(count: u64, registered: u64) -> Plan {
    let creation = Creation { count, first_index: 1, registered, at: NOW };
    Plan { creation: Some(creation), ..Plan::default() }
}

fn made(action: &Action, statuses: &[NodeStatus]) -> Vec<Member> {
    let mut all = members(statuses);
    for (place, member) in all.iter_mut().enumerate() {
        member.node = Creation::node(action.id, place as u64);
    }
    all
}

fn assigned(job: Job, count: usize) -> Plan {
    let (nodes, then) = (Vec::new(), Vec::new());
    let assignment = Assignment { job, nodes, parts: None, count, registered: count, at: NOW, then };
    Plan { assignment: Some(assignment), ..Plan::default() }
}

fn removing(count: usize) -> Plan {
    assigned(Job::Remove, count)
}

use NodeStatus::{Active, Error};

#[test]
fn a_new_cluster_asks_for_its_desired_capacity() {
    let action = action(ActionKind::ClusterCreate, &json!({}));
    let beginning = begin(&action, &cluster(ClusterStatus::Init, (0, -1, 3)), &[]).unwrap();
    assert_eq!((beginning.create, removed(&beginning).len()), (3, 0));
    assert_eq!(beginning.cluster.status, ClusterStatus::Creating);
    assert_eq!(beginning.cluster.status_reason, "Creation in progress");
}

#[test]
fn a_cluster_is_created_once() {
    let action = action(ActionKind::ClusterCreate, &json!({}));
    let refused = begin(&action, &cluster(ClusterStatus::Active, (0, -1, 3)), &[]).unwrap_err();
    assert_eq!(refused.cluster.status, ClusterStatus::Error);
    assert_eq!(refused.reason, "Cluster creation failed.");
}

#[test]
fn creation_succeeds_when_every_node_is_active_and_then_the_cluster_has_a_birthday() {
    let action = action(ActionKind::ClusterCreate, &json!({}));
    let creating = cluster(ClusterStatus::Creating, (0, -1, 2));
    let ending = end(&action, &creating, &made(&action, &[Active, Active]), &created(2, 2));
    let after = ending.cluster.unwrap();
    assert_eq!(ending.status, ActionStatus::Succeeded);
    assert_eq!(ending.reason, "Cluster creation succeeded.");
    assert_eq!((after.status, after.created_at), (ClusterStatus::Active, Some(NOW)));
}

#[test]
fn creation_fails_when_a_node_does_and_the_failed_node_stays() {
    let action = action(ActionKind::ClusterCreate, &json!({}));
    let creating = cluster(ClusterStatus::Creating, (2, -1, 2));
    let ending = end(&action, &creating, &made(&action, &[Active, Error]), &created(2, 2));
    let after = ending.cluster.unwrap();
    assert_eq!((ending.status, ending.reason.as_str()), (ActionStatus::Failed, "Failed in creating nodes."));
    assert_eq!((after.status, after.created_at), (ClusterStatus::Error, None));
    assert_eq!(after.status_reason, "CLUSTER_CREATE: number of active nodes is below min_size (2).");
}

#[test]
fn a_creation_that_ran_out_of_time_before_all_was_registered_has_failed() {
    let action = action(ActionKind::ClusterCreate, &json!({}));
    let creating = cluster(ClusterStatus::Creating, (0, -1, 2));
    let ending = end(&action, &creating, &made(&action, &[Active]), &created(2, 1));
    assert_eq!(ending.status, ActionStatus::Failed);
    assert_eq!(ending.cluster.unwrap().status, ClusterStatus::Warning);
}

#[test]
fn a_resize_writes_the_new_sizes_before_the_work() {
    let inputs = json!({"adjustment_type": "EXACT_CAPACITY", "number": 5, "min_size": 1, "max_size": 8,
        "min_step": null, "strict": true});
    let action = action(ActionKind::ClusterResize, &inputs);
    let beginning =
        begin(&action, &cluster(ClusterStatus::Active, (0, -1, 3)), &members(&[Active; 3])).unwrap();
    assert_eq!((beginning.create, removed(&beginning).len()), (2, 0));
    assert_eq!(beginning.cluster.sizes, Sizes { min_size: 1, max_size: 8, desired_capacity: 5 });
    assert_eq!(beginning.cluster.status_reason, "Cluster resize started.");
}

#[test]
fn a_resize_that_does_not_fit_fails_and_changes_nothing() {
    let inputs = json!({"adjustment_type": "EXACT_CAPACITY", "number": 9, "strict": true});
    let before = cluster(ClusterStatus::Active, (0, 8, 3));
    let refused =
        begin(&action(ActionKind::ClusterResize, &inputs), &before, &members(&[Active; 3])).unwrap_err();
    assert_eq!(*refused.cluster, before);
    assert_eq!(refused.reason, "The target capacity (9) is greater than the cluster's max_size (8).");
}

#[test]
fn shrinking_chooses_the_sick_first() {
    let inputs = json!({"adjustment_type": "CHANGE_IN_CAPACITY", "number": -1, "strict": true});
    let all = members(&[Active, Error, Active]);
    let beginning = begin(
        &action(ActionKind::ClusterResize, &inputs),
        &cluster(ClusterStatus::Warning, (0, -1, 3)),
        &all,
    )
    .unwrap();
    assert_eq!(removed(&beginning), [all[1].node]);
    assert_eq!(beginning.cluster.sizes.desired_capacity, 2);
}

#[test]
fn a_removal_has_failed_when_one_who_was_to_go_could_not() {
    let action = action(ActionKind::ClusterScaleIn, &json!({"count": 2}));
    let resizing = cluster(ClusterStatus::Resizing, (0, -1, 1));
    let mut left = members(&[Active, Error]);
    left[1].failed_for = Some(action.id);
    let ending = end(&action, &resizing, &left, &removing(2));
    assert_eq!(ending.status, ActionStatus::Failed);
    assert_eq!(ending.reason, "Failed in deleting nodes: CLUSTER_SCALE_IN [00000000] failed");
    // Another member may have come meanwhile.
    let ending = end(&action, &resizing, &members(&[Active, Active]), &removing(2));
    assert_eq!(ending.reason, "Cluster scaling succeeded.");
}

#[test]
fn scaling_moves_by_one_unless_told_otherwise() {
    let before = cluster(ClusterStatus::Active, (0, -1, 3));
    let three = members(&[Active; 3]);
    let out = begin(&action(ActionKind::ClusterScaleOut, &json!({})), &before, &three).unwrap();
    assert_eq!((out.create, out.cluster.sizes.desired_capacity), (1, 4));
    let inward = begin(&action(ActionKind::ClusterScaleIn, &json!({"count": 2})), &before, &three).unwrap();
    assert_eq!((removed(&inward).len(), inward.cluster.sizes.desired_capacity), (2, 1));
}

#[test]
fn an_update_replaces_what_was_given_and_nothing_else() {
    let inputs = json!({"name": "api", "metadata": {"a": 1}, "timeout": 60, "config": null});
    let mut before = cluster(ClusterStatus::Active, (0, -1, 0));
    before.config = json!({"node.name.format": "n-$I"}).as_object().cloned().unwrap();
    let after = begin(&action(ActionKind::ClusterUpdate, &inputs), &before, &[]).unwrap().cluster;
    assert_eq!((after.name.as_str(), after.timeout), ("api", 60));
    assert_eq!(after.config, before.config, "null leaves things alone");
    assert_eq!(after.metadata["a"], 1);
    assert_eq!(after.profile_id, before.profile_id);
    assert_eq!(after.status, ClusterStatus::Updating);
}

#[test]
fn deletion_takes_every_member_and_removes_the_cluster_once_none_is_left() {
    let action = action(ActionKind::ClusterDelete, &json!({}));
    let before = cluster(ClusterStatus::Error, (0, -1, 3));
    let all = members(&[Active, Error, NodeStatus::Init]);
    let beginning = begin(&action, &before, &all).unwrap();
    assert_eq!(removed(&beginning).len(), 3);
    assert_eq!(end(&action, &beginning.cluster, &[], &removing(3)).cluster, None);
    let failed = end(&action, &beginning.cluster, &all[..1], &removing(3));
    assert_eq!(failed.status, ActionStatus::Failed);
    assert!(failed.cluster.is_some());
}

/// The executed example of the reference: nobody is wanted, and one who cannot be deleted is left.
#[test]
fn engine_cluster_6_a_cluster_whose_deletion_fails_is_judged_by_what_it_wants() {
    let action = action(ActionKind::ClusterDelete, &json!({}));
    let deleting = cluster(ClusterStatus::Deleting, (0, -1, 0));
    let left = end(&action, &deleting, &members(&[Error]), &removing(1));
    assert_eq!(left.status, ActionStatus::Failed);
    assert_eq!(left.cluster.unwrap().status, ClusterStatus::Active);
}

#[test]
fn the_same_action_always_chooses_the_same_victims() {
    let inputs = json!({"adjustment_type": "EXACT_CAPACITY", "number": 2, "strict": true});
    let action = action(ActionKind::ClusterResize, &inputs);
    let before = cluster(ClusterStatus::Active, (0, -1, 20));
    let all = members(&[Active; 20]);
    let first = begin(&action, &before, &all).unwrap();
    assert_eq!(first, begin(&action, &before, &all).unwrap());
    assert_eq!(removed(&first).len(), 18);
}

mod jobs;
