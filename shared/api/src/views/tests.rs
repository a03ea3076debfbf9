//! The representations against bodies that the reference was recorded to answer with.

use super::*;
use crate::microversion::{MAX, MIN};
use crate::openapi::conform::assert_conforms;
use coppice_domain::action::{Action, ActionKind, ActionStatus, Cause};
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Sizes};
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::ids::{ActionId, ClusterId, EventId, NodeId, ProfileId, ReceiverId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_domain::receiver::{Receiver, ReceiverType};
use serde_json::json;
use uuid::Uuid;

const USER: &str = "f4c598a98cf24b2f9d64907cb2c4a7d0";
const PROJECT: &str = "e9d888326b5c47ec999b20207bed9231";
const PROFILE: &str = "67b1d05a-88a4-4332-a6b9-d86ff194c489";
const CLUSTER: &str = "f268f071-b72b-45e0-9cac-c6d42455c540";
const NODE: &str = "0568bc0f-7d04-4075-a63d-66dfd817c8b8";
const ACTION: &str = "ce48a63d-70d4-417c-951a-c0194aa3f15f";
/// 2026-11-23T15:14:26Z.
const CREATED: i64 = 1_795_446_866_000_000;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(CREATED + micros)
}

fn map(value: Value) -> JsonMap {
    serde_json::from_value(value).unwrap()
}

fn cluster_record() -> Cluster {
    Cluster {
        id: CLUSTER.parse().unwrap(),
        name: "c1".into(),
        profile_id: PROFILE.parse().unwrap(),
        profile_type: "os.nova.server-1.0".to_owned(),
        profile_refs: vec![PROFILE.parse().unwrap()],
        user: USER.into(),
        project: PROJECT.into(),
        domain: None,
        sizes: Sizes { min_size: 0, max_size: 10, desired_capacity: 2 },
        next_index: 3,
        timeout: 600,
        status: ClusterStatus::Active,
        status_reason: "CLUSTER_CREATE: number of active nodes is equal or above desired_capacity (2)."
            .into(),
        init_at: at(250_000),
        created_at: Some(at(4_000_001)),
        updated_at: Some(at(4_999_999)),
        active_action: None,
        active_kind: None,
        metadata: map(json!({"m": "1"})),
        config: JsonMap::new(),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
    }
}

#[test]
fn a_cluster_reads_as_recorded() {
    let nodes = ["a791f48e-6900-4e37-83fa-a3500b5d5003", "d50355e7-efb2-4f31-b51d-409b57094390"];
    let recorded = json!({
        "config": {}, "created_at": "2026-11-23T15:14:30Z", "data": {}, "dependents": {},
        "desired_capacity": 2, "domain": null, "id": CLUSTER, "init_at": "2026-11-23T15:14:26Z",
        "max_size": 10, "metadata": {"m": "1"}, "min_size": 0, "name": "c1", "nodes": nodes,
        "policies": [], "profile_id": PROFILE, "profile_name": "prof1b", "project": PROJECT,
        "status": "ACTIVE",
        "status_reason": "CLUSTER_CREATE: number of active nodes is equal or above desired_capacity (2).",
        "timeout": 600, "updated_at": "2026-11-23T15:14:30Z", "user": USER
    });
    let members = nodes.map(|node| node.parse::<NodeId>().unwrap());
    assert_eq!(cluster(&cluster_record(), "prof1b", members, &[]), recorded);
    assert_conforms(super::CLUSTER, &recorded);
    let unborn = Cluster { created_at: None, updated_at: None, ..cluster_record() };
    assert_conforms(super::CLUSTER, &cluster(&unborn, "prof1b", [], &[Uuid::nil()]));
}

#[test]
fn a_node_reads_as_recorded_and_shows_its_taint_from_1_13() {
    let record = Node {
        id: NODE.parse().unwrap(),
        name: "n1".into(),
        cluster_id: None,
        physical_id: None,
        profile_id: PROFILE.parse().unwrap(),
        profile_type: "os.nova.server-1.0".to_owned(),
        user: USER.into(),
        project: PROJECT.into(),
        domain: None,
        index: -1,
        role: Some("master".into()),
        init_at: at(0),
        created_at: None,
        updated_at: None,
        status: NodeStatus::Init,
        status_reason: "Initializing".into(),
        metadata: Some(map(json!({"x": "y"}))),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: None,
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: false,
    };
    let mut recorded = json!({
        "cluster_id": "", "created_at": null, "data": {}, "dependents": {}, "domain": null,
        "id": NODE, "index": -1, "init_at": "2026-11-23T15:14:26Z", "metadata": {"x": "y"},
        "name": "n1", "physical_id": null, "profile_id": PROFILE, "profile_name": "prof1b",
        "project": PROJECT, "role": "master", "status": "INIT", "status_reason": "Initializing",
        "updated_at": null, "user": USER
    });
    assert_eq!(node(&record, "prof1b", MIN), recorded);
    assert_conforms(super::NODE, &recorded);
    recorded["tainted"] = false.into();
    assert_eq!(node(&record, "prof1b", MAX), recorded);
    let member = Node { cluster_id: Some(CLUSTER.parse().unwrap()), metadata: None, ..record };
    assert_eq!(node(&member, "prof1b", MIN)["cluster_id"], CLUSTER);
    assert_eq!(node(&member, "prof1b", MIN)["metadata"], Value::Null);
    assert_conforms(super::NODE, &node(&member, "prof1b", MAX));
}

#[test]
fn a_profile_reads_as_recorded() {
    let spec = map(json!({
        "properties": {"flavor": "1", "image": "cirros-0.4.0-x86_64-disk", "name": "new-server-test",
            "networks": [{"network": "private"}]},
        "type": "os.nova.server", "version": "1.0"
    }));
    let record = Profile {
        id: PROFILE.parse::<ProfileId>().unwrap(),
        name: "prof1".into(),
        type_name: "os.nova.server-1.0".into(),
        user: USER.into(),
        project: PROJECT.into(),
        domain: None,
        spec: spec.clone(),
        metadata: Some(map(json!({"k": "v"}))),
        created_at: at(0),
        updated_at: None,
    };
    let recorded = json!({
        "created_at": "2026-11-23T15:14:26Z", "domain": null, "id": PROFILE, "metadata": {"k": "v"},
        "name": "prof1", "project": PROJECT, "spec": spec, "type": "os.nova.server-1.0",
        "updated_at": null, "user": USER
    });
    assert_eq!(profile(&record), recorded);
    assert_conforms(super::PROFILE, &recorded);
    let validated = json!({
        "created_at": null, "domain": null, "id": null, "metadata": null, "name": "validated_profile",
        "project": PROJECT, "spec": spec, "type": "os.nova.server-1.0", "updated_at": null, "user": USER
    });
    assert_eq!(validated_profile("os.nova.server-1.0", &spec, USER, PROJECT), validated);
    assert_conforms(super::VALIDATED_PROFILE, &validated);
}

#[test]
fn an_action_reads_as_recorded_and_shows_its_cluster_from_1_14() {
    let record = Action {
        id: ACTION.parse::<ActionId>().unwrap(),
        name: Action::conventional_name(ActionKind::ClusterCreate, CLUSTER.parse().unwrap()),
        kind: ActionKind::ClusterCreate,
        target: CLUSTER.parse::<Uuid>().unwrap(),
        cluster_id: Some(CLUSTER.parse::<ClusterId>().unwrap()),
        cause: Cause::Request,
        parent: None,
        user: USER.into(),
        project: PROJECT.into(),
        timeout: 600,
        status: ActionStatus::Succeeded,
        status_reason: "Action completed successfully.".into(),
        inputs: JsonMap::new(),
        outputs: JsonMap::new(),
        data: JsonMap::new(),
        created_at: at(0),
        updated_at: None,
        start_time: Some(at(628_883)),
        end_time: Some(at(4_161_948)),
    };
    let mut recorded = json!({
        "action": "CLUSTER_CREATE", "cause": "RPC Request", "created_at": "2026-11-23T15:14:26Z",
        "data": {}, "depended_by": [], "depends_on": [], "end_time": 1_795_446_870.161_948,
        "id": ACTION, "inputs": {}, "interval": -1, "name": "cluster_create_f268f071", "outputs": {},
        "owner": null, "project": PROJECT, "start_time": 1_795_446_866.628_883,
        "status": "SUCCEEDED", "status_reason": "Action completed successfully.", "target": CLUSTER,
        "timeout": 600, "updated_at": null, "user": USER
    });
    assert_eq!(action(&record, ActionLinks::default(), MIN), recorded);
    assert_conforms(super::ACTION, &recorded);
    recorded["cluster_id"] = CLUSTER.into();
    assert_eq!(action(&record, ActionLinks::default(), MAX), recorded);
    let orphan = Action { cluster_id: None, ..record.clone() };
    assert_eq!(action(&orphan, ActionLinks::default(), MAX)["cluster_id"], "");
    let other = [record.id];
    let links = ActionLinks { depends_on: &other, depended_by: &other, owner: Some(Uuid::nil()) };
    assert_conforms(super::ACTION, &action(&orphan, links, MAX));
}

#[test]
fn a_receiver_reads_as_recorded() {
    let url = "http://127.0.0.1:8777/v1/webhooks/631f1c56-1c1e-4c60-8709-5a4a091db2df/trigger?V=2&count=1";
    let record = Receiver {
        id: "631f1c56-1c1e-4c60-8709-5a4a091db2df".parse::<ReceiverId>().unwrap(),
        name: "r1".into(),
        kind: ReceiverType::Webhook,
        user: USER.into(),
        project: PROJECT.into(),
        domain: None,
        roles: vec!["member".into()],
        cluster_id: Some(CLUSTER.parse().unwrap()),
        action: Some(ActionKind::ClusterScaleOut),
        actor: map(json!({"trust_id": "aeb547b8aa48427c99e93ce94af2f4ee"})),
        params: Some(map(json!({"count": 1}))),
        channel: map(json!({"alarm_url": url})),
        schedule: None,
        next_run: None,
        protection: None,
        created_at: at(0),
        updated_at: None,
    };
    let mut recorded = json!({
        "action": "CLUSTER_SCALE_OUT", "actor": {"trust_id": "aeb547b8aa48427c99e93ce94af2f4ee"},
        "channel": {"alarm_url": url}, "cluster_id": CLUSTER, "created_at": "2026-11-23T15:14:26Z",
        "domain": null, "id": "631f1c56-1c1e-4c60-8709-5a4a091db2df", "name": "r1",
        "params": {"count": 1}, "project": PROJECT, "type": "webhook", "updated_at": null, "user": USER
    });
    assert_eq!(receiver(&record, false), recorded);
    assert_conforms(super::RECEIVER, &recorded);
    for key in ["action", "cluster_id", "params"] {
        recorded[key] = Value::Null;
    }
    recorded["type"] = "message".into();
    let kind = ReceiverType::Message;
    let message = Receiver { kind, cluster_id: None, action: None, params: None, ..record };
    assert_eq!(receiver(&message, false), recorded);
    assert_conforms(super::RECEIVER, &recorded);
}

#[test]
fn an_event_reads_as_recorded_with_the_row_of_its_cluster() {
    let record = Event {
        id: "3239d830-fe1b-4be9-ba02-6dbc478e6995".parse::<EventId>().unwrap(),
        timestamp: at(300_000),
        oid: CLUSTER.parse().unwrap(),
        oname: "c1".into(),
        otype: "CLUSTER".into(),
        cluster_id: Some(CLUSTER.parse().unwrap()),
        level: Level::Info,
        user: USER.into(),
        project: PROJECT.into(),
        action: "CLUSTER_CREATE".into(),
        status: Phase::Start,
        status_reason: "ce48a63d".into(),
        meta_data: JsonMap::new(),
    };
    let mut owner = cluster_record();
    owner.name = "c1b".into();
    owner.metadata = map(json!({"m": "2"}));
    owner.next_index = 10;
    owner.status_reason =
        "CLUSTER_SCALE_OUT: number of active nodes is equal or above desired_capacity (7).".into();
    owner.sizes.desired_capacity = 7;
    let mut recorded = json!({
        "action": "CLUSTER_CREATE",
        "cluster": {
            "config": {}, "created_at": "2026-11-23T15:14:30.000000", "data": {}, "dependents": {},
            "desired_capacity": 7, "domain": null, "id": CLUSTER,
            "init_at": "2026-11-23T15:14:26.000000", "max_size": 10, "meta_data": {"m": "2"},
            "min_size": 0, "name": "c1b", "next_index": 10, "parent": null, "profile_id": PROFILE,
            "project": PROJECT, "status": "ACTIVE",
            "status_reason":
                "CLUSTER_SCALE_OUT: number of active nodes is equal or above desired_capacity (7).",
            "timeout": 600, "updated_at": "2026-11-23T15:14:30.000000", "user": USER
        },
        "cluster_id": CLUSTER, "id": "3239d830-fe1b-4be9-ba02-6dbc478e6995", "level": "INFO",
        "meta_data": {}, "oid": CLUSTER, "oname": "c1", "otype": "CLUSTER", "project": PROJECT,
        "status": "start", "status_reason": "ce48a63d", "timestamp": "2026-11-23T15:14:26+00:00",
        "user": USER
    });
    assert_eq!(event(&record, Some(&owner)), recorded);
    assert_conforms(super::EVENT, &recorded);
    recorded["cluster"] = Value::Null;
    assert_eq!(event(&record, None), recorded);
    assert_conforms(super::EVENT, &recorded);
}
