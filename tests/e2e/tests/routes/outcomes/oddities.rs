//! Where the reference's engine is odd and this one is not, or is so on purpose: what has no better place.

use super::policies::{later, members, start};
use super::*;
use coppice_compute::simulated::SimulatedConfig;
use coppice_engine::Settings;
use coppice_local::system::Options;

const ACTIONS: &str = "/v1/clusters/c/actions";

/// A cluster whose instances carry this metadata, and what they were made from.
pub(super) async fn carrying(metadata: Value, size: u64) -> TestApp {
    let app = TestApp::new().await;
    let mut spec = coppice_e2e::spec();
    spec["properties"]["metadata"] = metadata;
    let body = json!({ "profile": { "name": "p", "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    app.cluster(ALICE, "c", "p", size).await;
    app
}

async fn patch(app: &TestApp, change: Value) -> (String, String) {
    let body = json!({ "cluster": change });
    let asked = app.patch("/v1/clusters/c").by(ALICE).at("1.14").json(&body).send().await.expect(202);
    app.drain().await;
    ended(app, &asked.action()).await
}

#[tokio::test]
async fn act_5_a_member_that_comes_into_error_by_itself_shows_in_its_cluster() {
    let app = carrying(json!({ "simulated.fail_changes": "reboot" }), 1).await;
    let member = members(&app).await.remove(0);
    let id = member["id"].as_str().unwrap();
    outcome(&app, &format!("/v1/nodes/{id}/ops"), &json!({ "reboot": {} })).await;
    let cluster = shown_cluster(&app, "c").await;
    assert_eq!(cluster["status"], "WARNING");
    let reason = format!("Node {}: Failed in reboot server", member["name"].as_str().unwrap());
    assert!(cluster["status_reason"].as_str().unwrap().starts_with(&reason), "{cluster}");
}

#[tokio::test]
async fn act_13_an_action_that_waits_has_no_end_yet() {
    let simulated = SimulatedConfig { build_seconds: 600.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "c", "p", 1).await;
    app.drain_until(later(&app, 100)).await;
    let actions = app.show(ALICE, "/v1/actions", "actions").await;
    assert_eq!(actions.as_array().unwrap().len(), 2);
    for action in actions.as_array().unwrap() {
        assert_eq!(action["end_time"], Value::Null, "{action}");
    }
    app.drain().await;
    let actions = app.show(ALICE, "/v1/actions", "actions").await;
    assert!(actions.as_array().unwrap().iter().all(|action| action["end_time"] != Value::Null));
}

#[tokio::test]
async fn act_21_what_an_action_says_when_it_succeeds_is_told_by_its_event_alone() {
    let app = carrying(json!({}), 1).await;
    assert_eq!(outcome(&app, ACTIONS, &json!({ "check": {} })).await, succeeded());
    let events = app.show(ALICE, "/v1/events?action=CLUSTER_CHECK", "events").await;
    assert_eq!(events[1]["status_reason"], "Cluster checking completed.");
}

#[tokio::test]
async fn act_22_derived_actions_are_found_by_their_cluster() {
    let app = carrying(json!({}), 2).await;
    assert_eq!(outcome(&app, ACTIONS, &json!({ "check": {} })).await, succeeded());
    let id = shown_cluster(&app, "c").await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/actions?cluster_id={id}&action=NODE_CHECK");
    let found = app.get(&path).by(ALICE).at("1.14").send().await.expect(200).json();
    assert_eq!(found["actions"].as_array().unwrap().len(), 2, "{found}");
}

#[tokio::test]
async fn clu_2_a_node_that_fails_leaves_the_cluster_at_what_it_is_at() {
    let settings = Settings { max_actions_per_batch: 1, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let mut spec = coppice_e2e::spec();
    spec["properties"]["metadata"] = json!({ "simulated.fail": "error" });
    let body = json!({ "profile": { "name": "p", "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    app.cluster_accepted(ALICE, "c", "p", 2).await;
    app.drain_until(later(&app, 1)).await;
    // The first has failed, and the second has to wait its turn.
    let nodes = members(&app).await;
    assert_eq!((nodes.len(), &nodes[0]["status"]), (1, &json!("ERROR")));
    assert_eq!(shown_cluster(&app, "c").await["status"], "CREATING");
    app.drain().await;
    assert_eq!(
        (members(&app).await.len(), &shown_cluster(&app, "c").await["status"]),
        (2, &json!("WARNING"))
    );
}

#[tokio::test]
async fn clu_4_members_that_are_asked_for_at_once_have_indexes_of_their_own() {
    let app = carrying(json!({}), 1).await;
    let body = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "c" } });
    let change = json!({ "cluster": { "name": "d" } });
    let ask = async || app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    let update = app.patch("/v1/clusters/c").by(ALICE).json(&change);
    tokio::join!(ask(), ask(), update.send(), ask());
    app.drain().await;
    let nodes = app.show(ALICE, "/v1/nodes?cluster_id=d", "nodes").await;
    let mut indexes: Vec<i64> =
        nodes.as_array().unwrap().iter().map(|node| node["index"].as_i64().unwrap()).collect();
    indexes.sort_unstable();
    assert_eq!(indexes, [1, 2, 3, 4]);
    assert_eq!(shown_cluster(&app, "d").await["status"], "ACTIVE");
}

#[tokio::test]
async fn clu_5_the_configuration_of_a_cluster_is_nothing_of_its_members() {
    let app = carrying(json!({}), 1).await;
    let before = members(&app).await.remove(0);
    app.profile(ALICE, "q").await;
    let config = json!({ "name": "x", "role": "x", "metadata": { "x": "x" }, "tainted": true });
    assert_eq!(patch(&app, json!({ "config": config, "profile_id": "q" })).await, succeeded());
    let after = members(&app).await.remove(0);
    for key in ["name", "role", "metadata", "tainted"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(after["profile_name"], "q");
}

#[tokio::test]
async fn clu_8_a_recovery_needs_neither_an_operation_nor_parameters() {
    for operation in [json!(null), json!("REBUILD")] {
        let app = carrying(json!({ "simulated.fail_changes": "reboot" }), 1).await;
        let id = members(&app).await.remove(0)["id"].as_str().unwrap().to_owned();
        outcome(&app, &format!("/v1/nodes/{id}/ops"), &json!({ "reboot": {} })).await;
        assert_eq!(shown_node(&app, &id).await["status"], "ERROR");
        let recover = match &operation {
            Value::Null => json!({ "recover": {} }),
            operation => json!({ "recover": { "operation": operation } }),
        };
        assert_eq!(outcome(&app, ACTIONS, &recover).await, succeeded(), "{operation}");
        assert_eq!(shown_node(&app, &id).await["status"], "ACTIVE", "{operation}");
    }
}

#[tokio::test]
async fn clu_12_a_deletion_that_fails_leaves_policies_and_receivers_where_they_are() {
    let app = carrying(json!({ "simulated.delete_seconds": 9000 }), 1).await;
    app.policy(ALICE, "del", &coppice_e2e::deletion_policy()).await;
    let attach = json!({ "policy_attach": { "policy_id": "del" } });
    assert_eq!(outcome(&app, ACTIONS, &attach).await, succeeded());
    let receiver = json!({ "receiver": {
        "name": "r", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_CHECK",
    } });
    app.post("/v1/receivers").by(ALICE).json(&receiver).send().await.expect(201);
    let asked = app.delete("/v1/clusters/c?force=true").by(ALICE).at("1.8").send().await.expect(202);
    app.drain().await;
    assert_eq!(ended(&app, &asked.action()).await.0, "FAILED");
    let policies = app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await;
    assert_eq!(policies.as_array().unwrap().len(), 1);
    app.show(ALICE, "/v1/receivers/r", "receiver").await;
}

#[tokio::test]
async fn clu_15_named_members_are_no_longer_wanted_even_if_they_cannot_be_deleted() {
    let app = carrying(json!({ "simulated.delete_seconds": 9000 }), 2).await;
    let id = members(&app).await.remove(0)["id"].clone();
    let leave = json!({ "del_nodes": { "nodes": [id], "destroy_after_deletion": true } });
    let action = start(&app, ACTIONS, &leave).await;
    app.drain().await;
    assert_eq!(ended(&app, &action).await.0, "FAILED");
    assert_eq!(shown_cluster(&app, "c").await["desired_capacity"], 1);
}

#[tokio::test]
async fn nod_1_nod_2_a_recovery_that_fails_keeps_the_instance_and_leaves_the_node_in_error() {
    let app = carrying(json!({ "simulated.fail_changes": "rebuild" }), 1).await;
    let member = members(&app).await.remove(0);
    let target = format!("/v1/nodes/{}/actions", member["id"].as_str().unwrap());
    let (status, _) = outcome(&app, &target, &json!({ "recover": { "operation": "REBUILD" } })).await;
    assert_eq!(status, "FAILED");
    let after = shown_node(&app, member["id"].as_str().unwrap()).await;
    assert_eq!((&after["status"], &after["physical_id"]), (&json!("ERROR"), &member["physical_id"]));
}

#[tokio::test]
async fn nod_3_a_recovery_with_a_check_recovers_a_node_whose_instance_is_gone() {
    let app = carrying(json!({}), 1).await;
    let member = members(&app).await.remove(0);
    app.system.env.compute.delete(member["physical_id"].as_str().unwrap()).await.unwrap();
    let target = format!("/v1/nodes/{}/actions", member["id"].as_str().unwrap());
    assert_eq!(outcome(&app, &target, &json!({ "recover": { "check": true } })).await, succeeded());
    let after = shown_node(&app, member["id"].as_str().unwrap()).await;
    assert_eq!(after["status"], "ACTIVE");
    assert_ne!(after["physical_id"], member["physical_id"]);
}

#[tokio::test]
async fn nod_6_a_node_that_joins_and_leaves_keeps_the_metadata_of_its_instance() {
    let app = carrying(json!({ "own": "1" }), 0).await;
    let id = node(&app, None).await;
    let path = format!("/v1/nodes/{id}?show_details=true");
    let carried = async || app.show(ALICE, &path, "node").await["details"]["metadata"].clone();
    assert_eq!(outcome(&app, ACTIONS, &json!({ "add_nodes": { "nodes": [id] } })).await, succeeded());
    let joined = carried().await;
    assert_eq!((&joined["own"], &joined["cluster_node_index"]), (&json!("1"), &json!("1")), "{joined}");
    assert_eq!(outcome(&app, ACTIONS, &json!({ "del_nodes": { "nodes": [id] } })).await, succeeded());
    let left = carried().await;
    assert_eq!((&left["own"], &left["cluster_id"]), (&json!("1"), &Value::Null), "{left}");
}

#[tokio::test]
async fn parameters_that_every_node_would_carry_are_short() {
    let app = carrying(json!({}), 2).await;
    let body = json!({ "change_password": { "params": { "admin_pass": "x".repeat(5000) } } });
    let asked = app.post("/v1/clusters/c/ops").by(ALICE).at("1.4").json(&body).send().await.expect(202);
    app.drain().await;
    let (status, reason) = ended(&app, &asked.action()).await;
    assert_eq!(status, "FAILED");
    assert!(reason.starts_with("params takes 50") && reason.contains("4096 is the most"), "{reason}");
    assert_eq!(shown_cluster(&app, "c").await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_cluster_has_so_many_policies_and_no_more() {
    let app = carrying(json!({}), 0).await;
    for number in 0..51 {
        app.policy(ALICE, &format!("scale-{number}"), &coppice_e2e::scaling_policy()).await;
    }
    let cluster = shown_cluster(&app, "c").await["id"].as_str().unwrap().to_owned();
    for number in 0..50 {
        let id = app.show(ALICE, &format!("/v1/policies/scale-{number}"), "policy").await["id"].clone();
        app.attached(&cluster, id.as_str().unwrap(), true).await;
    }
    let attach = json!({ "policy_attach": { "policy_id": "scale-50" } });
    assert_eq!(outcome(&app, ACTIONS, &attach).await, failed("A cluster can have 50 policies at most."));
    // All of them are written when a scaling ends.
    let scale = outcome(&app, ACTIONS, &json!({ "scale_out": { "count": 1 } })).await;
    assert_eq!(scale, succeeded());
}
