//! `DELETE /v1/clusters/{id}`.

use crate::check;
use crate::clusters::fixtures::act_on;
use coppice_e2e::{ALICE, BOB, TestApp, deletion_policy};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::json;

#[tokio::test]
async fn a_deletion_is_accepted_with_null_and_leaves_nothing() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 3).await;
    let answer = app.delete("/v1/clusters/c").by(ALICE).send().await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(answer.text(), "null");
    app.drain().await;
    assert_eq!(app.get(&format!("/v1/clusters/{id}")).by(ALICE).send().await.status, 404);
    assert_eq!(app.show(ALICE, "/v1/nodes", "nodes").await, json!([]));
    let ended = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!((&ended["action"], &ended["status"]), (&json!("CLUSTER_DELETE"), &json!("SUCCEEDED")));
    let events = app.show(ALICE, "/v1/events?action=CLUSTER_DELETE", "events").await;
    assert_eq!(check::column(&events, "status"), ["start", "end"]);
    assert_eq!(events[0]["cluster"], json!(null), "the cluster is gone");
}

#[tokio::test]
async fn a_deletion_takes_the_cluster_over_from_whatever_is_under_way() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    let resize = app.act(ALICE, "c", &json!({ "scale_out": { "count": 2 } })).await;
    let deletion = app.delete("/v1/clusters/c").by(ALICE).send().await.expect(202).action();
    app.drain().await;
    let status = |id: String| {
        let app = &app;
        async move { app.show(ALICE, &format!("/v1/actions/{id}"), "action").await["status"].clone() }
    };
    assert_eq!(status(deletion).await, "SUCCEEDED");
    assert_eq!(status(resize).await, "CANCELLED");
    assert_eq!(app.show(ALICE, "/v1/clusters", "clusters").await, json!([]));
    assert_eq!(app.show(ALICE, "/v1/nodes", "nodes").await, json!([]));
}

#[tokio::test]
async fn a_cluster_that_is_changing_is_deleted_only_by_force() {
    let options = Options {
        simulated: coppice_compute::simulated::SimulatedConfig { build_seconds: 60.0, ..Default::default() },
        ..Default::default()
    };
    let app = TestApp::with(options).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "c", &profile, 2).await;
    app.answer_next().await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["status"], "CREATING");
    let refused = app.delete("/v1/clusters/c").by(ALICE).send().await;
    check::fault(&refused, 409, "ActionInProgress", "The cluster 'c' is in status CREATING.");
    // Before 1.8 force is read, checked, and then forgotten.
    assert_eq!(app.delete("/v1/clusters/c?force=true").by(ALICE).at("1.7").send().await.status, 409);
    let forced =
        app.delete("/v1/clusters/c").by(ALICE).at("1.8").json(&json!({ "force": true })).send().await;
    check::accepted(&forced, "1.8");
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters", "clusters").await, json!([]));
}

#[tokio::test]
async fn force_is_true_or_false_and_the_query_wins() {
    let app = TestApp::new().await;
    for value in ["maybe", "", "1"] {
        let answer = app.delete(&format!("/v1/clusters/nosuch?force={value}")).by(ALICE).send().await;
        let text = format!("Invalid value '{value}' specified for 'force'");
        check::fault(&answer, 400, "HTTPBadRequest", &text);
    }
    let body = json!({ "force": "perhaps" });
    let answer = app.delete("/v1/clusters/nosuch").by(ALICE).json(&body).send().await;
    assert_eq!(answer.status, 400);
    let answer = app.delete("/v1/clusters/nosuch?force=False").by(ALICE).json(&body).send().await;
    check::fault(&answer, 404, "ResourceNotFound", "The cluster 'nosuch' could not be found.");
}

#[tokio::test]
async fn another_projects_cluster_is_not_there() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    assert_eq!(app.delete("/v1/clusters/c").by(BOB).send().await.status, 404);
    assert_eq!(app.get("/v1/clusters/c").by(ALICE).send().await.status, 200);
}

#[tokio::test]
async fn a_cluster_with_policies_or_receivers_is_deleted_only_by_force() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let attached = app.cluster(ALICE, "c", &profile, 1).await;
    let policy = app.policy(ALICE, "policy", &deletion_policy()).await;
    app.attached(&attached, &policy, true).await;
    let acted_on = app.cluster(ALICE, "d", &profile, 0).await;
    act_on(&app, ALICE, &acted_on).await;
    let policies = "there is still policy(s) attached to it.";
    let receivers = "there is still receiver(s) associated with it.";
    for (cluster, reference, reason) in
        [("c", "c", policies), ("c", &attached[..8], policies), ("d", &*acted_on, receivers)]
    {
        let refused = app.delete(&format!("/v1/clusters/{reference}")).by(ALICE).send().await;
        let text = format!("The cluster '{reference}' cannot be deleted: {reason}");
        check::fault(&refused, 409, "ResourceInUse", &text);
        // Before 1.8 force is read, checked, and then forgotten.
        let target = format!("/v1/clusters/{cluster}?force=true");
        assert_eq!(app.delete(&target).by(ALICE).at("1.7").send().await.status, 409);
    }
    act_on(&app, ALICE, &attached).await;
    let both = app.delete("/v1/clusters/c").by(ALICE).send().await;
    let text = format!("The cluster 'c' cannot be deleted: {policies}\n{receivers}");
    check::fault(&both, 409, "ResourceInUse", &text);
    for cluster in ["c", "d"] {
        let forced =
            app.delete(&format!("/v1/clusters/{cluster}?force=true")).by(ALICE).at("1.8").send().await;
        check::accepted(&forced, "1.8");
    }
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters", "clusters").await, json!([]));
    let left = app.items().await;
    assert!(!left.keys().any(|key| key.contains(&attached) || key.contains(&acted_on)), "{left:#?}");
}

#[tokio::test]
async fn a_deployment_may_let_policies_and_receivers_go_with_their_cluster() {
    let settings = Settings { delete_with_dependency: true, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let policy = app.policy(ALICE, "policy", &deletion_policy()).await;
    app.attached(&cluster, &policy, true).await;
    act_on(&app, ALICE, &cluster).await;
    let answer = app.delete("/v1/clusters/c").by(ALICE).send().await;
    check::accepted(&answer, "1.0");
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters", "clusters").await, json!([]));
}
