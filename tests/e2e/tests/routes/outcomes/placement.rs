//! Where policies have nodes made and where they go from, and what several policies make of one action (spec
//! engine-policies §3 to §5, §9).

use super::policies::{attach, later, members, ready, start};
use super::*;
use crate::check::column;
use coppice_compute::balancer::{PartFilter, list_parts};
use coppice_compute::simulated::balancer::BalancerConfig;
use coppice_compute::simulated::{DynamoStore, InstanceStore, SimulatedConfig};
use coppice_engine::reconciler;
use coppice_local::services::SIMULATED_TABLE;
use coppice_local::system::Options;
use std::collections::BTreeSet;
use std::time::Duration;

const REGIONS: &str = "senlin.policy.region_placement-1.0";
const ZONES: &str = "senlin.policy.zone_placement-1.0";
const AFFINITY: &str = "senlin.policy.affinity-1.0";
const DELETION: &str = "senlin.policy.deletion-1.1";
const BALANCING: &str = "senlin.policy.loadbalance-1.3";

/// A region, a zone and a server group, each null for none.
type Place = [Value; 3];

fn place(region: &str, zone: &str, group: &str) -> Place {
    [region, zone, group].map(|name| if name.is_empty() { Value::Null } else { json!(name) })
}

/// Where a node is said to be.
fn said(node: &Value) -> Place {
    ["region_name", "zone", "servergroup"].map(|key| node["data"]["placement"][key].clone())
}

/// Where the instance of a node was asked for: what the backend keeps of that.
async fn asked_for(app: &TestApp, node: &Value) -> Place {
    let records = DynamoStore::new(app.system.services.aws.dynamodb.clone(), SIMULATED_TABLE);
    let record = records.get(node["physical_id"].as_str().unwrap()).await.unwrap().unwrap();
    let spec = Value::Object(record.spec);
    [&spec["context"]["region_name"], &spec["availability_zone"], &spec["scheduler_hints"]["group"]]
        .map(Value::clone)
}

/// Where the members' instances were asked for, by index: where their nodes are said to be.
async fn places(app: &TestApp) -> Vec<Place> {
    let mut places = Vec::new();
    for node in members(app).await {
        let place = asked_for(app, &node).await;
        assert_eq!(place, said(&node), "{node}");
        places.push(place);
    }
    places
}

/// Makes a profile of this name that says this as well.
async fn profile_saying(app: &TestApp, name: &str, own: Value) {
    let mut spec = coppice_e2e::spec();
    for (key, value) in own.as_object().unwrap() {
        spec["properties"][key] = value.clone();
    }
    let body = json!({ "profile": { "name": name, "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
}

/// Makes a member from this profile and waits for it.
async fn member_of(app: &TestApp, profile: &str) -> Value {
    let body = json!({ "node": { "name": "n", "profile_id": profile, "cluster_id": "c" } });
    let made = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    assert_eq!(ended(app, &made.action()).await, succeeded());
    shown_node(app, made.json()["node"]["id"].as_str().unwrap()).await
}

async fn attach_regions(app: &TestApp, target: &str, regions: Value) {
    attach(app, target, REGIONS, json!({ "regions": regions })).await;
}

async fn attach_balancer(app: &TestApp, target: &str) {
    let properties = json!({
        "pool": { "subnet": "private" }, "vip": { "subnet": "public" }, "health_monitor": { "type": "HTTP" },
    });
    attach(app, target, BALANCING, properties).await;
}

/// The instances in the pool of the cluster's balancer.
async fn pooled(app: &TestApp) -> BTreeSet<String> {
    let bindings = app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await;
    let mut kept =
        bindings.as_array().unwrap().iter().map(|each| &each["data"]["LoadBalancingPolicy"]["data"]);
    let pool = kept.find_map(|data| data["pool"].as_str()).unwrap();
    let parts = list_parts(app.system.env.balancer.as_ref(), PartFilter::Members(pool)).await.unwrap();
    parts.into_iter().map(|part| part.instance.unwrap()).collect()
}

fn instances_of(nodes: &[Value]) -> BTreeSet<String> {
    nodes.iter().map(|node| node["physical_id"].as_str().unwrap().to_owned()).collect()
}

fn scale_out(count: u64) -> Value {
    json!({ "scale_out": { "count": count } })
}

#[tokio::test]
async fn pol_9_members_are_made_in_the_regions_of_the_plan_within_their_caps() {
    let (app, target) = ready(0).await;
    attach_regions(&app, &target, json!([{ "name": "east", "cap": 1 }, { "name": "west", "cap": 4 }])).await;
    let action = start(&app, &target, &scale_out(4)).await;
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let (east, west) = (place("east", "", ""), place("west", "", ""));
    assert_eq!(places(&app).await, [&east, &west, &west, &west].map(Clone::clone));
    // There is room for one more.
    let text = format!("Failed policy '{REGIONS}': There is no feasible plan to handle all nodes.");
    let refused = failed(&format!("Policy check failure: {text}"));
    assert_eq!(outcome(&app, &target, &scale_out(2)).await, refused);
    let resize = json!({ "resize": { "adjustment_type": "CHANGE_IN_CAPACITY", "number": 1 } });
    assert_eq!(outcome(&app, &target, &resize).await, succeeded());
    assert_eq!(places(&app).await[4..], [west]);
}

#[tokio::test]
async fn pol_6_members_go_from_the_regions_of_the_plan_and_others_where_those_have_too_few() {
    let (app, target) = ready(2).await;
    attach_regions(&app, &target, json!([{ "name": "east" }, { "name": "west" }])).await;
    attach(&app, &target, DELETION, json!({ "criteria": "OLDEST_FIRST" })).await;
    assert_eq!(outcome(&app, &target, &scale_out(3)).await, succeeded());
    let (nowhere, east, west) = (place("", "", ""), place("east", "", ""), place("west", "", ""));
    assert_eq!(places(&app).await, [&nowhere, &nowhere, &east, &east, &west].map(Clone::clone));
    // The oldest of the region that has too many: not the oldest of all.
    assert_eq!(outcome(&app, &target, &json!({ "scale_in": { "count": 1 } })).await, succeeded());
    assert_eq!(places(&app).await, [&nowhere, &nowhere, &east, &west].map(Clone::clone));
    assert_eq!(outcome(&app, &target, &json!({ "scale_in": { "count": 3 } })).await, succeeded());
    assert_eq!(places(&app).await, [nowhere]);
}

#[tokio::test]
async fn pol_10_single_members_have_a_region_and_a_zone_though_profile_and_other_members_have_none() {
    let (app, target) = ready(1).await;
    attach_regions(&app, &target, json!([{ "name": "east" }, { "name": "west" }])).await;
    attach(&app, &target, ZONES, json!({ "zones": [{ "name": "a" }, { "name": "b" }] })).await;
    for expected in [place("east", "a", ""), place("west", "b", "")] {
        let node = member_of(&app, "p").await;
        assert_eq!((said(&node), asked_for(&app, &node).await), (expected.clone(), expected));
    }
    // What a profile pins is not planned.
    profile_saying(&app, "in-north", json!({ "context": { "region_name": "north" } })).await;
    let node = member_of(&app, "in-north").await;
    assert_eq!((said(&node), asked_for(&app, &node).await), (place("", "a", ""), place("north", "a", "")));
    profile_saying(&app, "in-mine", json!({ "availability_zone": "mine" })).await;
    let node = member_of(&app, "in-mine").await;
    assert_eq!(
        (said(&node), asked_for(&app, &node).await),
        (place("east", "", ""), place("east", "mine", ""))
    );
}

/// Each is made by an action of its own, and instances take their time.
#[tokio::test]
async fn single_members_that_are_asked_for_at_once_take_no_place_twice() {
    let simulated = SimulatedConfig { build_seconds: 20.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let target = format!("/v1/clusters/{}/actions", app.cluster(ALICE, "c", &profile, 0).await);
    attach_regions(&app, &target, json!([{ "name": "east", "cap": 1 }, { "name": "west", "cap": 2 }])).await;
    let mut asked = Vec::new();
    for _ in 0..4 {
        let body = json!({ "node": { "name": "n", "profile_id": profile, "cluster_id": "c" } });
        asked.push(app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).action());
    }
    // Four workers decide from the same state of the cluster.
    tokio::join!(app.answer_next(), app.answer_next(), app.answer_next(), app.answer_next());
    app.drain().await;
    let mut outcomes = Vec::new();
    for action in &asked {
        outcomes.push(ended(&app, action).await);
    }
    outcomes.sort_unstable();
    let text = format!("Failed policy '{REGIONS}': There is no feasible plan to handle all nodes.");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == succeeded()).count(), 3, "{outcomes:?}");
    assert!(outcomes.contains(&failed(&format!("Policy check: {text}"))), "{outcomes:?}");
    let mut made: Vec<Place> = Vec::new();
    for node in members(&app).await.iter().filter(|node| node["status"] == "ACTIVE") {
        assert_eq!(asked_for(&app, node).await, said(node));
        made.push(said(node));
    }
    let (east, west) = (place("east", "", ""), place("west", "", ""));
    let count = |at: &Place| made.iter().filter(|place| *place == at).count();
    assert_eq!((made.len(), count(&east), count(&west)), (3, 1, 2), "{made:?}");
}

#[tokio::test]
async fn engine_policies_5_nod_15_new_members_belong_to_the_group_and_the_zone_of_the_policy() {
    let (app, target) = ready(1).await;
    let properties = json!({ "servergroup": { "name": "g" }, "availability_zone": "az1" });
    attach(&app, &target, AFFINITY, properties).await;
    let action = start(&app, &target, &scale_out(2)).await;
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    let entry = json!({ "servergroup": "g", "zone": "az1" });
    assert_eq!(shown["data"]["placement"], json!({ "count": 2, "placements": [entry, entry] }));
    // And one that is asked for by itself.
    member_of(&app, "p").await;
    let placed = place("", "az1", "g");
    assert_eq!(places(&app).await, [&place("", "", ""), &placed, &placed, &placed].map(Clone::clone));
    for node in &members(&app).await[1..] {
        assert_eq!(node["data"]["placement"], entry);
        let path = format!("/v1/nodes/{}?show_details=true", node["id"].as_str().unwrap());
        let details = app.show(ALICE, &path, "node").await["details"].clone();
        assert_eq!(details["OS-EXT-AZ:availability_zone"], "az1");
        let described = app.system.env.compute.describe(node["physical_id"].as_str().unwrap()).await.unwrap();
        assert_eq!(described.unwrap()["availability_zone"], "az1");
    }
}

#[tokio::test]
async fn pol_14_members_of_a_policy_without_a_group_belong_to_one_of_their_own() {
    let (app, target) = ready(0).await;
    attach(&app, &target, AFFINITY, json!({})).await;
    assert_eq!(outcome(&app, &target, &scale_out(2)).await, succeeded());
    let binding = app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await[0].clone();
    let group = binding["id"].as_str().unwrap();
    assert_eq!(binding["data"]["AffinityPolicy"]["data"]["servergroup_id"], group);
    assert_eq!(places(&app).await, [place("", "", group), place("", "", group)]);
}

#[tokio::test]
async fn what_the_profile_says_comes_before_what_policies_decide() {
    let app = TestApp::new().await;
    let own = json!({
        "availability_zone": "mine",
        "context": { "region_name": "north" },
        "scheduler_hints": { "group": "ours", "same_host": "h" },
    });
    profile_saying(&app, "own", own).await;
    let cluster = app.cluster(ALICE, "c", "own", 0).await;
    let target = format!("/v1/clusters/{cluster}/actions");
    attach_regions(&app, &target, json!([{ "name": "east" }])).await;
    let properties = json!({ "servergroup": { "name": "g" }, "availability_zone": "az1" });
    attach(&app, &target, AFFINITY, properties).await;
    assert_eq!(outcome(&app, &target, &scale_out(2)).await, succeeded());
    let nodes = members(&app).await;
    assert_eq!(nodes.len(), 2);
    for node in &nodes {
        assert_eq!(asked_for(&app, node).await, place("north", "mine", "ours"));
    }
}

#[tokio::test]
async fn an_instance_that_is_made_anew_is_where_the_one_before_was() {
    let (app, target) = ready(0).await;
    attach_regions(&app, &target, json!([{ "name": "east" }, { "name": "west" }])).await;
    attach(&app, &target, AFFINITY, json!({ "servergroup": { "name": "g" } })).await;
    assert_eq!(outcome(&app, &target, &scale_out(2)).await, succeeded());
    let before = members(&app).await;
    for node in &before {
        let target = format!("/v1/nodes/{}/actions", node["id"].as_str().unwrap());
        let recover = json!({ "recover": { "operation": "RECREATE" } });
        assert_eq!(outcome(&app, &target, &recover).await, succeeded());
    }
    assert_eq!(places(&app).await, [place("east", "", "g"), place("west", "", "g")]);
    assert!(instances_of(&members(&app).await).is_disjoint(&instances_of(&before)));
}

#[tokio::test]
async fn engine_policies_3_the_target_falls_with_scaling_and_resizing_whatever_the_policy_says() {
    let (app, target) = ready(4).await;
    attach(&app, &target, DELETION, json!({ "reduce_desired_capacity": false })).await;
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 2 } });
    for (body, left) in [(json!({ "scale_in": { "count": 1 } }), 3), (resize, 2)] {
        assert_eq!(outcome(&app, &target, &body).await, succeeded());
        let shown = shown_cluster(&app, "c").await;
        assert_eq!(
            (&shown["desired_capacity"], &shown["status"]),
            (&json!(left), &json!("ACTIVE")),
            "{body}"
        );
        assert_eq!(members(&app).await.len(), left, "{body}");
    }
    // Of members that are named it is heard.
    let id = members(&app).await[0]["id"].clone();
    assert_eq!(outcome(&app, &target, &json!({ "del_nodes": { "nodes": [id] } })).await, succeeded());
    let shown = shown_cluster(&app, "c").await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(2), &json!("WARNING")));
    assert_eq!(members(&app).await.len(), 1);
}

#[tokio::test]
async fn engine_policies_3_the_policy_says_whether_named_members_are_destroyed_and_not_the_request() {
    for (destroyed, left) in [(true, 1), (false, 2)] {
        let (app, target) = ready(2).await;
        attach(&app, &target, DELETION, json!({ "destroy_after_deletion": destroyed })).await;
        let id = members(&app).await[0]["id"].as_str().unwrap().to_owned();
        let leave = json!({ "del_nodes": { "nodes": [id], "destroy_after_deletion": !destroyed } });
        assert_eq!(outcome(&app, &target, &leave).await, succeeded());
        assert_eq!((members(&app).await.len(), instances(&app).await.len()), (1, left));
        if destroyed {
            app.get(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(404);
        } else {
            assert_eq!(shown_node(&app, &id).await["cluster_id"], "");
        }
    }
}

#[tokio::test]
async fn engine_policies_9_1_a_scale_in_with_scaling_zones_deletion_balancing_and_health() {
    let (app, target) = ready(0).await;
    attach(&app, &target, ZONES, json!({ "zones": [{ "name": "a" }, { "name": "b" }] })).await;
    for count in [3, 1] {
        assert_eq!(outcome(&app, &target, &scale_out(count)).await, succeeded());
        app.drain_until(later(&app, 10)).await;
    }
    let (a, b) = (place("", "a", ""), place("", "b", ""));
    assert_eq!(places(&app).await, [&a, &a, &b, &b].map(Clone::clone));
    let adjustment = json!({ "number": 2, "cooldown": 300 });
    let scaling = json!({ "event": "CLUSTER_SCALE_IN", "adjustment": adjustment });
    attach(&app, &target, "senlin.policy.scaling-1.0", scaling).await;
    attach(&app, &target, DELETION, json!({ "criteria": "OLDEST_FIRST", "grace_period": 200 })).await;
    attach_balancer(&app, &target).await;
    let health = json!({
        "detection": { "detection_modes": [{ "type": "NODE_STATUS_POLLING" }] },
        "recovery": { "actions": [{ "name": "RECREATE" }] },
    });
    attach(&app, &target, "senlin.policy.health-1.2", health).await;
    // From here on members would be judged.
    app.clock.advance(Duration::from_secs(301));
    let scale = json!({ "scale_in": {} });
    let action = start(&app, &target, &scale).await;
    app.drain_until(later(&app, 60)).await;
    // They have left the pool, one of each zone and the oldest of it, and have time.
    let nodes = members(&app).await;
    let serving = pooled(&app).await;
    let staying: Vec<&Value> =
        nodes.iter().filter(|node| serving.contains(node["physical_id"].as_str().unwrap())).collect();
    assert_eq!((nodes.len(), serving.len(), staying.len()), (4, 2, 2));
    assert_eq!((said(staying[0]), said(staying[1]), &staying[1]["index"]), (a, b, &json!(4)));
    assert!(nodes.iter().all(|node| node["status"] == "ACTIVE"), "{nodes:?}");
    let shown = shown_cluster(&app, "c").await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(2), &json!("RESIZING")));
    // Meanwhile nobody is judged.
    app.system.env.compute.delete(staying[0]["physical_id"].as_str().unwrap()).await.unwrap();
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(reconciler::run(&app.system.worker).await.unwrap().recovered, 0);
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let left = members(&app).await;
    assert_eq!([&left[0]["id"], &left[1]["id"]], [&staying[0]["id"], &staying[1]["id"]]);
    assert_eq!((left.len(), &shown_cluster(&app, "c").await["desired_capacity"]), (2, &json!(2)));
    // The policy cools down, and health is looked after again.
    app.post(&target).by(ALICE).json(&scale).send().await.expect(409);
    app.clock.advance(Duration::from_secs(361));
    reconciler::run(&app.system.worker).await.unwrap();
    app.drain().await;
    for node in members(&app).await {
        let instance = app.system.env.compute.get(node["physical_id"].as_str().unwrap()).await.unwrap();
        assert!(instance.is_some() && node["status"] == "ACTIVE", "{node}");
    }
}

#[tokio::test]
async fn engine_policies_9_2_a_scale_out_with_scaling_affinity_and_balancing() {
    let (app, target) = ready(1).await;
    let adjustment = json!({ "number": 2, "cooldown": 300 });
    let scaling = json!({ "event": "CLUSTER_SCALE_OUT", "adjustment": adjustment });
    attach(&app, &target, "senlin.policy.scaling-1.0", scaling).await;
    attach(&app, &target, AFFINITY, json!({ "servergroup": { "name": "g" } })).await;
    attach_balancer(&app, &target).await;
    let scale = json!({ "scale_out": {} });
    let action = start(&app, &target, &scale).await;
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    let entry = json!({ "servergroup": "g" });
    assert_eq!(shown["data"]["creation"]["count"], 2);
    assert_eq!(shown["data"]["placement"], json!({ "count": 2, "placements": [entry, entry] }));
    assert_eq!(places(&app).await, [place("", "", ""), place("", "", "g"), place("", "", "g")]);
    let nodes = members(&app).await;
    assert_eq!(pooled(&app).await, instances_of(&nodes));
    assert!(nodes.iter().all(|node| node["data"]["lb_member"].is_string()), "{nodes:?}");
    app.post(&target).by(ALICE).json(&scale).send().await.expect(409);
}

#[tokio::test]
async fn engine_policies_9_3_a_resize_behind_a_balancer_deletes_those_who_have_left_the_pool() {
    let balancer = BalancerConfig {
        provision_seconds: 40.0,
        change_seconds: 5.0,
        delete_seconds: 3.0,
        ..BalancerConfig::default()
    };
    let simulated = SimulatedConfig { balancer, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 4).await;
    let target = format!("/v1/clusters/{cluster}/actions");
    attach_balancer(&app, &target).await;
    let before = members(&app).await;
    assert_eq!(pooled(&app).await, instances_of(&before));
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 1 } });
    let action = start(&app, &target, &resize).await;
    app.drain_until(later(&app, 4)).await;
    let first: BTreeSet<String> = instances_of(&before).difference(&pooled(&app).await).cloned().collect();
    assert!(!first.is_empty() && members(&app).await.len() == 4);
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let left = members(&app).await;
    assert_eq!((left.len(), pooled(&app).await), (1, instances_of(&left)));
    assert!(instances_of(&left).is_disjoint(&first));
    let deletions = app.show(ALICE, "/v1/actions?action=NODE_DELETE", "actions").await;
    let targets: BTreeSet<String> = column(&deletions, "target").into_iter().collect();
    let gone = before.iter().map(|node| &node["id"]).filter(|id| **id != left[0]["id"]);
    assert_eq!(targets, gone.map(|id| id.as_str().unwrap().to_owned()).collect());
}
