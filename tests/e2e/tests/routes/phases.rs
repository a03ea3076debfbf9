//! What the reconciler makes up for, a test a phase. Wherever one begins, the queue has lost every message.

use coppice_compute::simulated::SimulatedConfig;
use coppice_domain::ids::ActionId;
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::reconciler::{self, Report};
use coppice_local::system::Options;
use coppice_store::Claim;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// A system whose instances take `build_seconds`.
async fn app(build_seconds: f64) -> TestApp {
    let simulated = SimulatedConfig { build_seconds, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    app
}

/// Asks for a node, and loses the message about it; answers with the action's id.
async fn node(app: &TestApp) -> String {
    let body = json!({ "node": { "name": "n", "profile_id": "p" } });
    let action = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).action();
    app.bell.lose_all();
    action
}

async fn reconcile(app: &TestApp) -> Report {
    reconciler::run(&app.system.worker).await.unwrap()
}

async fn action(app: &TestApp, id: &str) -> Value {
    app.show(ALICE, &format!("/v1/actions/{id}"), "action").await
}

#[tokio::test]
async fn due_work_whose_message_was_lost_is_rung_for() {
    let app = app(0.0).await;
    let id = node(&app).await;
    assert_eq!(reconcile(&app).await.rung, 0, "it is not due yet");
    app.clock.advance(app.system.env.settings.due_grace);
    assert_eq!(reconcile(&app).await.rung, 1);
    // Whoever runs at the same time, or a moment later, does not ring again.
    assert_eq!(reconcile(&app).await.rung, 0);
    app.drain().await;
    assert_eq!(action(&app, &id).await["status"], "SUCCEEDED");
}

#[tokio::test]
async fn an_expired_lease_is_taken_over_and_one_that_holds_is_not() {
    let app = app(0.0).await;
    let id = node(&app).await;
    let (task, dead) = (id.parse::<ActionId>().unwrap(), Uuid::from_u128(7));
    let (now, lease) = (app.system.env.now(), app.system.env.settings.lease);
    let claim = Claim { owner: dead, now, lease, seq: 0 };
    let claimed = app.store().task_claim(task, claim).await.unwrap().unwrap();
    // Due, but somebody is at it: it becomes due when that lease ends.
    app.clock.advance(lease / 2);
    assert_eq!(reconcile(&app).await.rung, 0);
    assert_eq!(action(&app, &id).await["owner"], dead.to_string());
    app.clock.advance(lease);
    assert_eq!(reconcile(&app).await.rung, 1);
    app.drain().await;
    let ended = action(&app, &id).await;
    assert_eq!((&ended["status"], &ended["owner"]), (&json!("SUCCEEDED"), &Value::Null));
    // The dead worker comes back: its fence is behind.
    assert!(!app.store().task_save(&claimed, &json!({}), now.plus(lease * 9)).await.unwrap());
}

#[tokio::test]
async fn an_action_overdue_ends_when_its_time_is_up() {
    let app = app(1e6).await;
    let alone = node(&app).await;
    let cluster = app.cluster_accepted(ALICE, "c", "p", 2).await;
    app.bell.lose_all();
    app.clock.advance(app.system.env.settings.due_grace);
    assert_eq!(reconcile(&app).await.rung, 2);
    // Each begins and waits for its instances; then nobody comes any more.
    app.answer_next().await;
    app.answer_next().await;
    app.bell.lose_all();
    let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
    assert!(nodes.as_array().unwrap().iter().all(|node| node["status"] == "CREATING"), "{nodes}");
    app.clock.advance(Duration::from_secs(3700));
    assert_eq!(reconcile(&app).await.rung, 2);
    app.drain().await;
    let ended = action(&app, &alone).await;
    assert_eq!(ended["status"], "FAILED");
    assert_eq!(ended["status_reason"], format!("NODE_CREATE [{}] timeout", &alone[..8]));
    let made = app.show(ALICE, "/v1/actions?action=CLUSTER_CREATE", "actions").await[0].clone();
    assert_eq!(made["status"], "FAILED", "{made}");
    let shown = app.show(ALICE, &format!("/v1/clusters/{cluster}"), "cluster").await;
    assert_ne!(shown["status"], "CREATING");
    let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
    assert_eq!(nodes.as_array().unwrap().len(), 3);
    assert!(nodes.as_array().unwrap().iter().all(|node| node["status"] == "ERROR"), "{nodes}");
}

#[tokio::test]
async fn a_lifecycle_hook_that_is_never_completed_gives_way_when_its_time_is_up() {
    let app = app(0.0).await;
    let cluster = app.cluster(ALICE, "c", "p", 2).await;
    let hooks = json!({ "type": "zaqar", "timeout": 600, "params": { "queue": "going" } });
    let spec = json!({
        "type": "senlin.policy.deletion", "version": "1.1", "properties": { "hooks": hooks },
    });
    let policy = app.policy(ALICE, "del", &spec).await;
    app.attached(&cluster, &policy, true).await;
    let id = app.act(ALICE, "c", &json!({ "scale_in": {} })).await;
    app.drain_until(app.system.env.now().plus(Duration::from_secs(20))).await;
    let waits = app.show(ALICE, "/v1/actions?status=WAITING_LIFECYCLE_COMPLETION", "actions").await;
    assert_eq!(waits.as_array().unwrap().len(), 1);
    app.bell.lose_all();
    app.clock.advance(Duration::from_secs(570));
    reconcile(&app).await;
    app.drain_until(app.system.env.now()).await;
    assert_eq!(action(&app, &id).await["status"], "WAITING", "the hook has ten seconds left");
    app.bell.lose_all();
    app.clock.advance(app.system.env.settings.poll_horizon + Duration::from_secs(60));
    assert_eq!(reconcile(&app).await.rung, 1);
    app.drain().await;
    assert_eq!(action(&app, &id).await["status"], "SUCCEEDED");
    assert_eq!(app.show(ALICE, "/v1/nodes", "nodes").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_record_past_its_retention_is_not_shown_and_is_deleted() {
    let app = app(0.0).await;
    app.cluster(ALICE, "c", "p", 2).await;
    let kept = |items: &std::collections::BTreeMap<String, _>, kind: &str| {
        items.keys().filter(|key| key.starts_with(&format!("S(\"{kind}"))).count()
    };
    let before = app.items().await;
    assert_eq!((kept(&before, "X#"), kept(&before, "E#")), (3, 2));
    app.clock.advance(app.system.env.settings.retention + Duration::from_secs(60));
    for what in ["actions", "events"] {
        let shown = app.show(ALICE, &format!("/v1/{what}"), what).await;
        assert_eq!(shown.as_array().unwrap().len(), 0, "{what}");
    }
    // The table's own doing, by the clock of the machine, which is years ahead of the test's.
    assert_eq!(app.system.services.dynamodb.sweep_expired(), Ok(5));
    let after = app.items().await;
    assert_eq!((kept(&after, "X#"), kept(&after, "E#")), (0, 0));
    let left: Vec<&String> = before.keys().filter(|key| !after.contains_key(*key)).collect();
    assert_eq!(left.len(), 5, "{left:?}");
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["status"], "ACTIVE");
}
