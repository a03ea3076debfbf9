//! The action `complete_lifecycle` (spec api-resources I11).

use crate::check;
use crate::clusters::fixtures::{accepted_orphan, ask, set};
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ADMIN, ALICE, BOB, Person, TestApp};
use coppice_local::system::Options;
use serde_json::{Value, json};

/// An action that waits for its lifecycle hook.
async fn waiting(app: &TestApp) -> String {
    let profile = app.profile(ALICE, "p").await;
    let (_, action) = accepted_orphan(app, ALICE, "n", &profile).await;
    app.bell.lose_all();
    set(app, &format!("X#{action}"), "status", "WAITING_LIFECYCLE_COMPLETION").await;
    action
}

fn body(token: &str) -> Value {
    json!({ "complete_lifecycle": { "lifecycle_action_token": token, "more": 1 } })
}

async fn status(app: &TestApp, person: Person, action: &str) -> (Value, Value) {
    let mut shown = app.show(person, &format!("/v1/actions/{action}"), "action").await;
    (shown["status"].take(), shown["status_reason"].take())
}

#[tokio::test]
async fn an_action_that_waits_for_its_hook_goes_on_once() {
    let app = TestApp::new().await;
    let token = waiting(&app).await;
    // The cluster in the path does not matter.
    let answer = ask(&app, ALICE, "nosuch", "1.9", &body(&token)).await;
    assert_eq!(check::accepted(&answer, "1.9"), token);
    assert_eq!(answer.json(), json!({ "action": token }));
    assert_eq!(status(&app, ALICE, &token).await, (json!("READY"), json!("Lifecycle complete.")));
    let rings = app.bell.waiting();
    assert_eq!(rings.len(), 1);
    assert_eq!(rings[0].action.to_string(), token);

    set(&app, &format!("X#{token}"), "status", "SUCCEEDED").await;
    let again = ask(&app, ALICE, "nosuch", "1.9", &body(&token)).await;
    assert_eq!(check::accepted(&again, "1.9"), token);
    assert_eq!(status(&app, ALICE, &token).await.0, "SUCCEEDED");
    assert_eq!(app.bell.waiting().len(), 1, "there is nothing to ring for");
}

#[tokio::test]
async fn the_action_that_derived_it_is_woken() {
    let simulated = SimulatedConfig { build_seconds: 60.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "c", &profile, 1).await;
    app.answer_next().await;
    let parent = app.show(ALICE, "/v1/actions?action=CLUSTER_CREATE", "actions").await[0]["id"].clone();
    let child = app.show(ALICE, "/v1/actions?action=NODE_CREATE", "actions").await[0]["id"].clone();
    let child = child.as_str().unwrap();
    set(&app, &format!("X#{child}"), "status", "WAITING_LIFECYCLE_COMPLETION").await;
    app.bell.lose_all();
    check::accepted(&ask(&app, ALICE, "c", "1.9", &body(child)).await, "1.9");
    assert_eq!(status(&app, ALICE, child).await, (json!("READY"), json!("Lifecycle complete.")));
    let rings = app.bell.waiting();
    assert_eq!(rings.len(), 1);
    assert_eq!(json!(rings[0].action), parent);
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["status"], "ACTIVE");
}

#[tokio::test]
async fn an_action_that_goes_on_is_found_by_the_sweep_if_its_message_is_lost() {
    let app = TestApp::new().await;
    let token = waiting(&app).await;
    ask(&app, ALICE, "c", "1.9", &body(&token)).await.expect(202);
    app.bell.lose_all();
    app.clock.advance(app.system.env.settings.due_grace);
    coppice_engine::reconciler::run(&app.system.worker).await.unwrap();
    assert!(app.bell.waiting().iter().any(|ring| ring.action.to_string() == token));
}

#[tokio::test]
async fn act_15_a_token_is_the_whole_id_of_an_action_of_the_project() {
    let app = TestApp::new().await;
    let token = waiting(&app).await;
    let name = app.show(ALICE, &format!("/v1/actions/{token}"), "action").await["name"].clone();
    for (person, reference) in [
        (ALICE, "nosuch"),
        (ALICE, &token[..8]),
        (ALICE, name.as_str().unwrap()),
        (ALICE, &*token.to_uppercase()),
        (BOB, &*token),
    ] {
        let lost = ask(&app, person, "c", "1.9", &body(reference)).await;
        check::fault(
            &lost,
            404,
            "ResourceNotFound",
            &format!("The action '{reference}' could not be found."),
        );
    }
    assert_eq!(status(&app, ALICE, &token).await.0, "WAITING_LIFECYCLE_COMPLETION");
    check::accepted(&ask(&app, ADMIN, "c", "1.9", &body(&token)).await, "1.9");
    assert_eq!(status(&app, ALICE, &token).await.0, "READY");
}

#[tokio::test]
async fn there_must_be_a_token() {
    let app = TestApp::new().await;
    for data in [json!({}), json!({ "lifecycle_action_token": null })] {
        let answer = ask(&app, ALICE, "c", "1.9", &json!({ "complete_lifecycle": data })).await;
        let text = "Field `lifecycle_action_token' cannot be None";
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
}
