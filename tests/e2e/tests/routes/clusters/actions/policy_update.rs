//! The action `policy_update` (spec api-resources I8).

use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp, deletion_policy};
use serde_json::{Value, json};

async fn update(app: &TestApp, name: &str, data: &Value) -> Answer {
    app.post("/v1/clusters/c/actions").by(ALICE).json(&json!({ name: data })).send().await
}

/// A cluster `c` that a policy `del1` is attached to; the policy's id.
async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 0).await;
    let policy = app.policy(ALICE, "del1", &deletion_policy()).await;
    app.attached(&cluster, &policy, true).await;
    (app, policy)
}

#[tokio::test]
async fn the_action_is_told_what_changes_if_anything_does() {
    let (app, policy) = app().await;
    for (name, data, inputs) in [
        (
            "policy_update",
            json!({ "policy_id": policy, "enabled": false }),
            json!({ "policy_id": policy, "enabled": false }),
        ),
        ("policy_update", json!({ "policy_id": "del1" }), json!({ "policy_id": policy })),
        (
            "update_policy",
            json!({ "policy_id": "del1", "enabled": null }),
            json!({ "policy_id": policy, "enabled": null }),
        ),
    ] {
        let answer = update(&app, name, &data).await;
        let action = check::accepted(&answer, "1.0");
        assert_eq!(answer.json(), json!({ "action": action }));
        let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
        assert_eq!((&shown["action"], &shown["inputs"]), (&json!("CLUSTER_UPDATE_POLICY"), &inputs));
        assert!(shown["name"].as_str().unwrap().starts_with("update_policy_"));
        app.drain().await;
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_the_reference() {
    let (app, _) = app().await;
    app.policy(ALICE, "loose", &deletion_policy()).await;
    for (data, kind, text) in [
        (json!({ "enabled": true }), "HTTPBadRequest", "'policy_id' is a required property"),
        (
            json!({ "policy_id": "del1", "enabled": "no" }),
            "HTTPBadRequest",
            "'no' is not of type 'boolean', 'null'",
        ),
        (
            json!({ "policy_id": "del1", "priority": 3 }),
            "HTTPBadRequest",
            "Additional properties are not allowed ('priority' was unexpected)",
        ),
        (json!({ "policy_id": "nosuch" }), "BadRequest", "The specified policy 'nosuch' could not be found."),
        (
            json!({ "policy_id": "loose" }),
            "BadRequest",
            "The policy 'loose' is not attached to the specified cluster 'c'.",
        ),
    ] {
        check::fault(&update(&app, "policy_update", &data).await, 400, kind, text);
    }
    assert_eq!(app.show(ALICE, "/v1/actions", "actions").await.as_array().unwrap().len(), 1);
}
