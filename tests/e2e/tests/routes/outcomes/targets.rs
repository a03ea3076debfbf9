//! What becomes of a cluster's target, and when (spec engine-cluster §6b); and what is left where nodes fail (§9).

use super::oddities::carrying;
use super::policies::{later, members, start};
use super::*;
use coppice_e2e::Ask;

const ACTIONS: &str = "/v1/clusters/c/actions";

async fn target(app: &TestApp) -> i64 {
    shown_cluster(app, "c").await["desired_capacity"].as_i64().unwrap()
}

/// Asks for something: the target while it is done, and afterwards, and how it ended.
async fn followed(app: &TestApp, ask: Ask<'_>) -> ((i64, i64), (String, String)) {
    let action = ask.by(ALICE).at("1.14").send().await.expect(202).action();
    app.drain_until(later(app, 20)).await;
    let during = target(app).await;
    app.drain().await;
    ((during, target(app).await), ended(app, &action).await)
}

/// In the reference `del_nodes` lowers the target only when it is done.
#[tokio::test]
async fn engine_cluster_6b_the_target_is_written_before_the_work_or_after_it() {
    let slow = json!({
        "simulated.build_seconds": 60, "simulated.delete_seconds": 60, "simulated.change_seconds": 60,
    });
    let app = carrying(slow, 2).await;
    assert_eq!(target(&app).await, 2);
    let (one, two) = (node(&app, None).await, node(&app, None).await);
    let exact = |number: u64| json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": number } });
    for (body, targets) in [
        (json!({ "scale_out": { "count": 2 } }), (4, 4)),
        (json!({ "scale_in": {} }), (3, 3)),
        (exact(4), (4, 4)),
        (exact(2), (2, 2)),
        // Nodes join at once here. That those who cannot join are not wanted is shown below.
        (json!({ "add_nodes": { "nodes": [one] } }), (3, 3)),
        (json!({ "replace_nodes": { "nodes": { one: two } } }), (3, 3)),
        (json!({ "del_nodes": { "nodes": [two], "destroy_after_deletion": true } }), (2, 2)),
        (json!({ "check": {} }), (2, 2)),
        (json!({ "recover": { "operation": "REBOOT", "check": true } }), (2, 2)),
    ] {
        assert_eq!(followed(&app, app.post(ACTIONS).json(&body)).await, (targets, succeeded()), "{body}");
    }
    let change = json!({ "cluster": { "metadata": { "a": 1 } } });
    let update = app.patch("/v1/clusters/c").json(&change);
    assert_eq!(followed(&app, update).await, ((2, 2), succeeded()));
    let member = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "c" } });
    assert_eq!(followed(&app, app.post("/v1/nodes").json(&member)).await, ((2, 3), succeeded()));
    let newest = members(&app).await.pop().unwrap();
    let delete = app.delete(&format!("/v1/nodes/{}", newest["id"].as_str().unwrap()));
    assert_eq!(followed(&app, delete).await, ((3, 2), succeeded()));
}

/// How an action failed, what the cluster is then, its target, and how many of its members are in error.
async fn left(app: &TestApp, action: &str) -> (String, String, i64, usize) {
    app.drain().await;
    let (status, reason) = ended(app, action).await;
    assert_eq!(status, "FAILED", "{reason}");
    let shown = shown_cluster(app, "c").await;
    let broken = members(app).await.iter().filter(|node| node["status"] == "ERROR").count();
    (reason, shown["status"].as_str().unwrap().to_owned(), target(app).await, broken)
}

fn judged(reason: &str, status: &str, target: i64, broken: usize) -> (String, String, i64, usize) {
    (reason.to_owned(), status.to_owned(), target, broken)
}

#[tokio::test]
async fn engine_cluster_9_members_that_cannot_be_made_stay_and_are_wanted() {
    // There is room for two.
    let app = carrying(json!({ "simulated.capacity": 2 }), 3).await;
    let create = app.show(ALICE, "/v1/actions?action=CLUSTER_CREATE", "actions").await[0]["id"].take();
    let reason = "Failed in creating nodes.";
    assert_eq!(left(&app, create.as_str().unwrap()).await, judged(reason, "WARNING", 3, 1));
    let grow = start(&app, ACTIONS, &json!({ "scale_out": { "count": 1 } })).await;
    assert_eq!(left(&app, &grow).await, judged(reason, "WARNING", 4, 2));
    let member = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "c" } });
    let add = start(&app, "/v1/nodes", &member).await;
    let (reason, status, target, broken) = left(&app, &add).await;
    assert!(reason.starts_with("Failed in creating server: No valid host was found."), "{reason}");
    assert_eq!((status.as_str(), target, broken), ("WARNING", 5, 3));
}

/// Here they cannot be deleted in time, which is what the reason says.
#[tokio::test]
async fn engine_cluster_9_members_that_cannot_be_deleted_stay_and_are_not_wanted() {
    let app = carrying(json!({ "simulated.delete_seconds": 9000 }), 3).await;
    let shrink = start(&app, ACTIONS, &json!({ "scale_in": { "count": 1 } })).await;
    let reason = format!("Failed in deleting nodes: CLUSTER_SCALE_IN [{}] timeout", &shrink[..8]);
    assert_eq!(left(&app, &shrink).await, judged(&reason, "ACTIVE", 2, 1));
    // One that was to go by itself is wanted as before.
    let last = members(&app).await.into_iter().find(|node| node["status"] == "ACTIVE").unwrap();
    let delete = app.delete(&format!("/v1/nodes/{}", last["id"].as_str().unwrap())).by(ALICE);
    let delete = delete.send().await.expect(202).action();
    let (_, status, target, broken) = left(&app, &delete).await;
    assert_eq!((status.as_str(), target, broken), ("WARNING", 2, 2));
}

#[tokio::test]
async fn engine_cluster_9_nodes_that_cannot_join_leave_the_cluster_as_it_was() {
    let app = carrying(json!({ "simulated.fail_changes": "label" }), 1).await;
    let stranger = node(&app, None).await;
    let before = shown_cluster(&app, "c").await;
    let add = start(&app, ACTIONS, &json!({ "add_nodes": { "nodes": [stranger] } })).await;
    let reason = format!("CLUSTER_ADD_NODES [{}] failed", &add[..8]);
    assert_eq!(left(&app, &add).await, judged(&reason, "ACTIVE", 1, 0));
    assert_eq!(shown_cluster(&app, "c").await["status_reason"], before["status_reason"]);
    assert_eq!(shown_node(&app, &stranger).await["cluster_id"], "");
}

#[tokio::test]
async fn engine_cluster_9_a_roll_out_that_fails_leaves_the_cluster_its_profile() {
    let app = carrying(json!({ "simulated.fail_changes": "update" }), 2).await;
    app.bigger_profile(ALICE, "bigger").await;
    let change = json!({ "cluster": { "profile_id": "bigger" } });
    let update = app.patch("/v1/clusters/c").by(ALICE).json(&change).send().await.expect(202).action();
    assert_eq!(left(&app, &update).await, judged("Failed in updating nodes.", "WARNING", 2, 2));
    assert_eq!(shown_cluster(&app, "c").await["profile_name"], "p");
}
