//! Cancelling (spec api-resources O, engine-actions §10).

use super::*;
use coppice_compute::simulated::SimulatedConfig;
use coppice_local::system::Options;

/// A cloud that takes its time.
async fn slow() -> TestApp {
    let simulated = SimulatedConfig { build_seconds: 600.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    app
}

async fn cancel(app: &TestApp, action: &str, force: bool) -> u16 {
    let target = format!("/v1/actions/{action}?force={force}");
    let body = json!({ "action": { "status": "CANCELLED" } });
    app.patch(&target).by(ALICE).at("1.12").json(&body).send().await.status
}

fn cancelled() -> (String, String) {
    ("CANCELLED".to_owned(), "Action execution cancelled".to_owned())
}

#[tokio::test]
async fn an_action_that_has_not_begun_is_cancelled_and_lets_its_cluster_go() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 3 } });
    let action = app.act(ALICE, &cluster, &resize).await;
    assert_eq!(cancel(&app, &action, false).await, 202);
    app.drain().await;
    assert_eq!(ended(&app, &action).await, cancelled());
    let shown = shown_cluster(&app, &cluster).await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(1), &json!("ACTIVE")));
    assert_eq!(cancel(&app, &action, false).await, 409);
    assert_eq!(cancel(&app, &action, true).await, 409, "what has ended has ended");
    app.act(ALICE, &cluster, &resize).await;
    app.drain().await;
    assert_eq!(shown_cluster(&app, &cluster).await["nodes"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_action_that_waits_for_the_backend_is_cancelled_at_once_and_its_nodes_say_so() {
    let app = slow().await;
    let profile = app.show(ALICE, "/v1/profiles/p", "profile").await["id"].as_str().unwrap().to_owned();
    let cluster = app.cluster_accepted(ALICE, "c", &profile, 2).await;
    app.answer_next().await;
    let action = app.show(ALICE, "/v1/actions?action=CLUSTER_CREATE", "actions").await[0]["id"].clone();
    let action = action.as_str().unwrap();
    assert_eq!(ended(&app, action).await.0, "WAITING");
    assert_eq!(cancel(&app, action, false).await, 202);
    app.drain().await;
    assert_eq!(ended(&app, action).await, cancelled());
    let shown = shown_cluster(&app, &cluster).await;
    assert_eq!(shown["status"], "WARNING");
    for id in shown["nodes"].as_array().unwrap() {
        let node = shown_node(&app, id.as_str().unwrap()).await;
        assert_eq!(node["status"], "ERROR");
        assert_ne!(node["physical_id"], Value::Null, "it keeps its claim on what is being built");
    }
    let children = app.show(ALICE, "/v1/actions?action=NODE_CREATE", "actions").await;
    assert_eq!(crate::check::column(&children, "status"), ["CANCELLED", "CANCELLED"]);
    app.delete(&format!("/v1/clusters/{cluster}")).by(ALICE).send().await.expect(202);
    app.drain().await;
    assert!(instances(&app).await.is_empty());
}

#[tokio::test]
async fn a_nodes_action_runs_to_its_end_unless_it_is_forced() {
    for (force, status) in [(false, "SUCCEEDED"), (true, "CANCELLED")] {
        let app = slow().await;
        let body = json!({ "node": { "name": "n", "profile_id": "p" } });
        let answer = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
        app.answer_next().await;
        let action = answer.action();
        assert_eq!(cancel(&app, &action, force).await, 202);
        app.drain().await;
        assert_eq!(ended(&app, &action).await.0, status, "forced: {force}");
        let node = shown_node(&app, answer.json()["node"]["id"].as_str().unwrap()).await;
        assert_eq!(node["status"], if force { "ERROR" } else { "ACTIVE" });
    }
}
