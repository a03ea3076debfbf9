//! Actions whose time is up (spec engine-actions §10, engine-cluster §9), and what does not count against it.

use super::policies::{attach, later, members, start};
use super::*;
use coppice_compute::simulated::SimulatedConfig;
use coppice_engine::{Settings, reconciler};
use coppice_local::system::Options;

/// A cloud whose every deed takes ten minutes, but what `quick` changes about it.
async fn slow(quick: impl FnOnce(&mut SimulatedConfig)) -> TestApp {
    let mut simulated = SimulatedConfig {
        build_seconds: 600.0,
        delete_seconds: 600.0,
        change_seconds: 600.0,
        ..SimulatedConfig::default()
    };
    quick(&mut simulated);
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    app
}

/// A cluster whose actions have a minute; answers with where its actions are asked for, and its creation.
async fn hasty(app: &TestApp, size: u64) -> (String, String) {
    let body = json!({ "cluster": {
        "name": "c", "profile_id": "p", "desired_capacity": size, "timeout": 60,
    } });
    let made = app.post("/v1/clusters").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    ("/v1/clusters/c/actions".to_owned(), made.action())
}

fn timeout(kind: &str, action: &str) -> String {
    format!("{kind} [{}] timeout", &action[..8])
}

/// The statuses of the actions of a kind.
async fn statuses(app: &TestApp, kind: &str) -> Vec<String> {
    let actions = app.show(ALICE, &format!("/v1/actions?action={kind}"), "actions").await;
    crate::check::column(&actions, "status").iter().map(|status| (*status).to_owned()).collect()
}

#[tokio::test]
async fn a_creation_that_takes_too_long_fails_with_its_nodes_and_leaves_nothing_behind() {
    let app = slow(|_| {}).await;
    let (_, action) = hasty(&app, 2).await;
    assert_eq!(ended(&app, &action).await, failed("Failed in creating nodes."));
    assert_eq!(statuses(&app, "NODE_CREATE").await, ["FAILED", "FAILED"]);
    for node in members(&app).await {
        assert_eq!(
            (&node["status"], &node["status_reason"]),
            (&json!("ERROR"), &json!("The action ran out of time."))
        );
        assert_ne!(node["physical_id"], Value::Null);
    }
    assert_eq!(shown_cluster(&app, "c").await["status"], "WARNING");
    // It is let go, and what was being built is still its own.
    app.delete("/v1/clusters/c").by(ALICE).send().await.expect(202);
    app.drain_until(later(&app, 1200)).await;
    assert!(instances(&app).await.is_empty());
}

#[tokio::test]
async fn a_deletion_of_members_that_takes_too_long_says_so() {
    let app = slow(|cloud| cloud.build_seconds = 0.0).await;
    let (target, _) = hasty(&app, 2).await;
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 1 } });
    let action = start(&app, &target, &resize).await;
    app.drain().await;
    let text = format!("Failed in deleting nodes: {}", timeout("CLUSTER_RESIZE", &action));
    assert_eq!(ended(&app, &action).await, failed(&text));
    assert_eq!(statuses(&app, "NODE_DELETE").await, ["FAILED"]);
    assert_eq!(shown_cluster(&app, "c").await["desired_capacity"], 1, "the target was lowered");
}

#[tokio::test]
async fn an_operation_that_takes_too_long_says_so() {
    let app = slow(|cloud| cloud.build_seconds = 0.0).await;
    hasty(&app, 1).await;
    let action = start(&app, "/v1/clusters/c/ops", &json!({ "reboot": { "type": "SOFT" } })).await;
    app.drain().await;
    assert_eq!(ended(&app, &action).await, failed(&timeout("CLUSTER_OPERATION", &action)));
}

#[tokio::test]
async fn an_action_whose_last_phase_never_began_has_not_succeeded() {
    let app = slow(|cloud| {
        (cloud.build_seconds, cloud.change_seconds) = (0.0, 59.0);
    })
    .await;
    let (target, _) = hasty(&app, 2).await;
    let config = json!({ "cluster": { "config": { "cluster.stop_node_before_delete": true } } });
    app.patch("/v1/clusters/c").by(ALICE).at("1.14").json(&config).send().await.expect(202);
    app.drain().await;
    let action = start(&app, &target, &json!({ "scale_in": {} })).await;
    app.drain_until(later(&app, 10)).await;
    // Nobody comes while the first phase ends, and the second has no time left.
    app.bell.lose_all();
    app.clock.advance(std::time::Duration::from_secs(120));
    reconciler::run(&app.system.worker).await.unwrap();
    app.drain().await;
    let (status, reason) = ended(&app, &action).await;
    assert_eq!(status, "FAILED");
    assert!(reason.ends_with(&timeout("CLUSTER_SCALE_IN", &action)), "{reason}");
    assert_eq!(members(&app).await.len(), 2);
}

#[tokio::test]
async fn an_action_on_a_node_that_takes_too_long_says_so() {
    let settings = Settings { default_action_timeout: 60, ..Settings::default() };
    let simulated = SimulatedConfig { build_seconds: 600.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { settings, simulated }).await;
    app.profile(ALICE, "p").await;
    let body = json!({ "node": { "name": "n", "profile_id": "p" } });
    let action = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).action();
    app.drain().await;
    assert_eq!(ended(&app, &action).await, failed(&timeout("NODE_CREATE", &action)));
}

#[tokio::test]
async fn a_hook_holds_nodes_up_no_longer_than_their_action_may_take_and_they_are_as_they_were() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let (target, _) = hasty(&app, 2).await;
    let hooks = json!({ "type": "zaqar", "timeout": 7200, "params": { "queue": "going" } });
    attach(&app, &target, "senlin.policy.deletion-1.1", json!({ "hooks": hooks })).await;
    let action = start(&app, &target, &json!({ "scale_in": {} })).await;
    app.drain_until(later(&app, 70)).await;
    let text = format!("Failed in deleting nodes: {}", timeout("CLUSTER_SCALE_IN", &action));
    assert_eq!(ended(&app, &action).await, failed(&text));
    let shown = members(&app).await;
    assert!(shown.len() == 2 && shown.iter().all(|node| node["status"] == "ACTIVE"), "{shown:?}");
    assert_eq!(statuses(&app, "NODE_DELETE").await, ["FAILED"]);
}

#[tokio::test]
async fn a_grace_period_does_not_count() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let (target, _) = hasty(&app, 2).await;
    attach(&app, &target, "senlin.policy.deletion-1.1", json!({ "grace_period": 300 })).await;
    let action = start(&app, &target, &json!({ "scale_in": {} })).await;
    app.drain_until(later(&app, 290)).await;
    assert_eq!(members(&app).await.len(), 2);
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(members(&app).await.len(), 1);
}
