//! What policies make of the actions on a cluster (spec engine-policies, engine-cluster §6).

use super::*;
use coppice_domain::receiver::hook_mailbox;
use coppice_domain::time::Timestamp;
use std::time::Duration;

pub(super) async fn ready(size: u64) -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, size).await;
    (app, format!("/v1/clusters/{cluster}/actions"))
}

/// Makes a policy of this type and attaches it.
pub(super) async fn attach(app: &TestApp, target: &str, kind: &str, properties: Value) {
    let (name, version) = kind.rsplit_once('-').unwrap();
    let spec = json!({ "type": name, "version": version, "properties": properties });
    app.policy(ALICE, kind, &spec).await;
    let body = json!({ "policy_attach": { "policy_id": kind } });
    assert_eq!(outcome(app, target, &body).await, succeeded());
}

/// The members by index.
pub(crate) async fn members(app: &TestApp) -> Vec<Value> {
    let nodes = app.show(ALICE, "/v1/nodes?cluster_id=c", "nodes").await;
    let mut nodes = nodes.as_array().unwrap().clone();
    nodes.sort_by_key(|node| node["index"].as_i64());
    nodes
}

async fn indexes(app: &TestApp) -> Vec<i64> {
    members(app).await.iter().map(|node| node["index"].as_i64().unwrap()).collect()
}

/// Starts an action and answers with its id.
pub(super) async fn start(app: &TestApp, target: &str, body: &Value) -> String {
    app.post(target).by(ALICE).at("1.14").json(body).send().await.expect(202).action()
}

pub(crate) fn later(app: &TestApp, seconds: u64) -> Timestamp {
    app.system.env.now().plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_scaling_policy_says_by_how_much_and_then_cools_down() {
    let (app, target) = ready(2).await;
    let adjustment = json!({ "type": "CHANGE_IN_CAPACITY", "number": 2, "cooldown": 60 });
    let properties = json!({ "event": "CLUSTER_SCALE_OUT", "adjustment": adjustment });
    attach(&app, &target, "senlin.policy.scaling-1.0", properties).await;
    let scale = json!({ "scale_out": {} });
    assert_eq!(outcome(&app, &target, &scale).await, succeeded());
    assert_eq!(shown_cluster(&app, "c").await["desired_capacity"], 4);
    let refused = app.post(&target).by(ALICE).json(&scale).send().await.expect(409);
    let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with("cooldown still in progress"), "{message}");
    // A request that says how many is heard, once it has cooled down.
    app.drain_until(later(&app, 61)).await;
    assert_eq!(outcome(&app, &target, &json!({ "scale_out": { "count": 1 } })).await, succeeded());
    assert_eq!(members(&app).await.len(), 5);
}

#[tokio::test]
async fn a_scaling_beyond_the_limits_is_refused_unless_it_is_best_effort() {
    for (best_effort, size) in [(false, 2), (true, 3)] {
        let (app, target) = ready(2).await;
        let resize = json!({ "resize": { "max_size": 3 } });
        assert_eq!(outcome(&app, &target, &resize).await, succeeded());
        let adjustment = json!({ "number": 4, "best_effort": best_effort });
        let properties = json!({ "event": "CLUSTER_SCALE_OUT", "adjustment": adjustment });
        attach(&app, &target, "senlin.policy.scaling-1.0", properties).await;
        let (status, reason) = outcome(&app, &target, &json!({ "scale_out": {} })).await;
        if best_effort {
            assert_eq!(status, "SUCCEEDED");
        } else {
            let text = "Policy check failure: Failed policy 'senlin.policy.scaling-1.0': The target capacity (6) \
                        is greater than the cluster's max_size (3).";
            assert_eq!((status.as_str(), reason.as_str()), ("FAILED", text));
        }
        assert_eq!(members(&app).await.len(), size);
    }
}

#[tokio::test]
async fn a_deletion_policy_says_who_goes_first() {
    for (criteria, left) in [("OLDEST_FIRST", [3, 4]), ("YOUNGEST_FIRST", [1, 2])] {
        let (app, target) = ready(1).await;
        // One after the other, so that they differ in age.
        for _ in 0..3 {
            app.drain_until(later(&app, 10)).await;
            assert_eq!(outcome(&app, &target, &json!({ "scale_out": { "count": 1 } })).await, succeeded());
        }
        attach(&app, &target, "senlin.policy.deletion-1.1", json!({ "criteria": criteria })).await;
        assert_eq!(outcome(&app, &target, &json!({ "scale_in": { "count": 2 } })).await, succeeded());
        assert_eq!(indexes(&app).await, left, "{criteria}");
        let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 1 } });
        assert_eq!(outcome(&app, &target, &resize).await, succeeded());
        assert_eq!(members(&app).await.len(), 1);
        assert_eq!(instances(&app).await.len(), 1);
    }
}

#[tokio::test]
async fn nodes_have_a_grace_period_and_may_outlive_their_membership() {
    let (app, target) = ready(3).await;
    let properties = json!({ "grace_period": 120, "destroy_after_deletion": false });
    attach(&app, &target, "senlin.policy.deletion-1.1", properties).await;
    let action = start(&app, &target, &json!({ "scale_in": { "count": 1 } })).await;
    app.drain_until(later(&app, 110)).await;
    assert_eq!(members(&app).await.len(), 3);
    let shown = shown_cluster(&app, "c").await;
    assert_eq!((&shown["status"], &shown["desired_capacity"]), (&json!("RESIZING"), &json!(2)));
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(members(&app).await.len(), 2);
    assert_eq!(instances(&app).await.len(), 3);
}

#[tokio::test]
async fn a_member_that_is_deleted_by_itself_waits_too_and_may_be_missed() {
    let (app, target) = ready(2).await;
    let properties = json!({ "grace_period": 30, "reduce_desired_capacity": false });
    attach(&app, &target, "senlin.policy.deletion-1.1", properties).await;
    let id = members(&app).await[0]["id"].as_str().unwrap().to_owned();
    let action = app.delete(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(202).action();
    app.drain_until(later(&app, 20)).await;
    assert_eq!(shown_node(&app, &id).await["status"], "DELETING");
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let shown = shown_cluster(&app, "c").await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(2), &json!("WARNING")));
}

#[tokio::test]
async fn a_batch_policy_updates_some_at_a_time_with_a_pause_in_between() {
    let (app, target) = ready(5).await;
    let properties = json!({ "min_in_service": 1, "max_batch_size": 2, "pause_time": 600 });
    attach(&app, &target, "senlin.policy.batch-1.0", properties).await;
    app.bigger_profile(ALICE, "bigger").await;
    let update = json!({ "cluster": { "profile_id": "bigger" } });
    let action = app.patch("/v1/clusters/c").by(ALICE).json(&update).send().await.expect(202).action();
    for done in [2, 4] {
        app.drain_until(later(&app, 500)).await;
        let nodes = members(&app).await;
        let bigger = nodes.iter().filter(|node| node["profile_name"] == "bigger").count();
        assert_eq!(bigger, done);
        assert!(nodes.iter().all(|node| node["status"] == "ACTIVE"));
        assert_eq!(ended(&app, &action).await.0, "WAITING");
        app.drain_until(later(&app, 101)).await;
    }
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert!(members(&app).await.iter().all(|node| node["profile_name"] == "bigger"));
    assert_eq!(shown_cluster(&app, "c").await["profile_name"], "bigger");
}

#[tokio::test]
async fn clu_3_pol_9_pol_10_nod_15_new_members_are_spread_over_the_zones() {
    let (app, target) = ready(0).await;
    let zones = json!([{ "name": "az1", "weight": 100 }, { "name": "az2", "weight": 100 }]);
    attach(&app, &target, "senlin.policy.zone_placement-1.0", json!({ "zones": zones })).await;
    assert_eq!(outcome(&app, &target, &json!({ "scale_out": { "count": 4 } })).await, succeeded());
    let id = node(&app, Some("c")).await;
    let nodes = members(&app).await;
    let mut zones = Vec::new();
    for node in &nodes {
        let shown = app.show(ALICE, &format!("/v1/nodes/{}", node["id"].as_str().unwrap()), "node").await;
        zones.push(shown["data"]["placement"]["zone"].as_str().unwrap().to_owned());
    }
    let count = |zone: &str| zones.iter().filter(|each| *each == zone).count();
    assert_eq!((nodes.len(), count("az1").max(count("az2"))), (5, 3), "{zones:?} {id}");
}

#[tokio::test]
async fn engine_actions_11_a_hook_is_told_of_each_victim_and_holds_it_up_until_it_is_completed_or_late() {
    let (app, target) = ready(3).await;
    let hooks = json!({ "type": "zaqar", "timeout": 600, "params": { "queue": "going" } });
    attach(&app, &target, "senlin.policy.deletion-1.1", json!({ "hooks": hooks })).await;
    let action = start(&app, &target, &json!({ "scale_in": { "count": 2 } })).await;
    app.drain_until(later(&app, 30)).await;
    assert_eq!(members(&app).await.len(), 3);
    let project = shown_cluster(&app, "c").await["project"].as_str().unwrap().to_owned();
    let letters = app.system.env.mailboxes.receive(&hook_mailbox(&project, "going")).await.unwrap();
    assert_eq!(letters.len(), 2);
    let told: Value = serde_json::from_str(&letters[0].body).unwrap();
    assert_eq!(told["lifecycle_transition_type"], "termination");
    let token = told["lifecycle_action_token"].as_str().unwrap();
    let waiting = app.show(ALICE, &format!("/v1/actions/{token}"), "action").await;
    assert_eq!(waiting["status"], "WAITING_LIFECYCLE_COMPLETION");
    assert_eq!(waiting["cause"], "Derived Action with Lifecycle Hook");
    let complete = json!({ "complete_lifecycle": { "lifecycle_action_token": token } });
    app.post(&target).by(ALICE).at("1.14").json(&complete).send().await.expect(202);
    app.drain_until(later(&app, 60)).await;
    // The completed one is gone, the other one waits.
    let gone = told["node_id"].as_str().unwrap();
    assert_eq!(app.get(&format!("/v1/nodes/{gone}")).by(ALICE).send().await.status, 404);
    assert_eq!(members(&app).await.len(), 2);
    assert_eq!(ended(&app, &action).await.0, "WAITING");
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(members(&app).await.len(), 1);
}

#[tokio::test]
async fn nodes_are_stopped_before_they_are_deleted_where_the_cluster_is_configured_so() {
    let (app, target) = ready(2).await;
    let config = json!({ "cluster": { "config": { "cluster.stop_node_before_delete": true } } });
    app.patch("/v1/clusters/c").by(ALICE).at("1.14").json(&config).send().await.expect(202);
    app.drain().await;
    let action = start(&app, &target, &json!({ "scale_in": { "count": 1 } })).await;
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let derived = app.show(ALICE, "/v1/actions?sort=created_at", "actions").await;
    let kinds: Vec<&str> = derived
        .as_array()
        .unwrap()
        .iter()
        .filter(|each| each["cause"] == "Derived Action")
        .map(|each| each["action"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[kinds.len() - 2..], ["NODE_OPERATION", "NODE_DELETE"]);
    assert_eq!(instances(&app).await.len(), 1);
}
