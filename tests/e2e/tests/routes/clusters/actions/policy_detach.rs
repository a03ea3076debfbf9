//! The action `policy_detach` (spec api-resources I7).

use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp, deletion_policy};
use serde_json::{Value, json};

async fn detach(app: &TestApp, cluster: &str, data: &Value) -> Answer {
    let body = json!({ "policy_detach": data });
    app.post(&format!("/v1/clusters/{cluster}/actions")).by(ALICE).json(&body).send().await
}

/// A cluster `c` that a policy `del1` is attached to; their ids.
async fn app() -> (TestApp, String, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 0).await;
    let policy = app.policy(ALICE, "del1", &deletion_policy()).await;
    app.attached(&cluster, &policy, true).await;
    (app, cluster, policy)
}

#[tokio::test]
async fn the_action_is_told_which_policy() {
    for name in ["policy_detach", "detach_policy"] {
        let (app, cluster, policy) = app().await;
        let body = json!({ name: { "policy_id": "del1" } });
        let answer = app.post("/v1/clusters/c/actions").by(ALICE).json(&body).send().await;
        let action = check::accepted(&answer, "1.0");
        assert_eq!(answer.json(), json!({ "action": action }));
        let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
        assert_eq!((&shown["action"], &shown["target"]), (&json!("CLUSTER_DETACH_POLICY"), &json!(cluster)));
        assert_eq!(shown["name"], format!("detach_policy_{}", &cluster[..8]));
        assert_eq!(shown["inputs"], json!({ "policy_id": policy }));
    }
}

#[tokio::test]
async fn a_policy_that_is_not_attached_is_named_as_it_was_asked_for() {
    let (app, cluster, policy) = app().await;
    let loose = app.policy(ALICE, "loose", &deletion_policy()).await;
    for (cluster, policy) in [("c", "loose"), (&cluster, &loose)] {
        let answer = detach(&app, cluster, &json!({ "policy_id": policy })).await;
        let text = format!("The policy '{policy}' is not attached to the specified cluster '{cluster}'.");
        check::fault(&answer, 400, "BadRequest", &text);
    }
    app.store().binding_detach(cluster.parse().unwrap(), policy.parse().unwrap()).await.unwrap();
    let again = detach(&app, &cluster, &json!({ "policy_id": policy })).await;
    let text = format!("The policy '{policy}' is not attached to the specified cluster '{cluster}'.");
    check::fault(&again, 400, "BadRequest", &text);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_the_reference() {
    let (app, ..) = app().await;
    for (data, kind, text) in [
        (json!({}), "HTTPBadRequest", "'policy_id' is a required property"),
        (
            json!({ "policy_id": "del1", "enabled": true }),
            "HTTPBadRequest",
            "Additional properties are not allowed ('enabled' was unexpected)",
        ),
        (json!({ "policy_id": "nosuch" }), "BadRequest", "The specified policy 'nosuch' could not be found."),
    ] {
        check::fault(&detach(&app, "c", &data).await, 400, kind, text);
    }
    let lost = detach(&app, "nosuch", &json!({ "policy_id": "nosuch" })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'nosuch' could not be found.");
}
