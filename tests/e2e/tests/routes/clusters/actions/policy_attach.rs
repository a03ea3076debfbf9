//! The action `policy_attach` (spec api-resources I6).

use crate::check;
use coppice_e2e::{ALICE, Answer, BOB, TestApp, deletion_policy, scaling_policy};
use serde_json::{Value, json};

async fn attach(app: &TestApp, data: &Value) -> Answer {
    app.post("/v1/clusters/c/actions").by(ALICE).json(&json!({ "policy_attach": data })).send().await
}

/// A cluster `c` and a policy `scale1`, whose id is answered.
async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let policy = app.policy(ALICE, "scale1", &scaling_policy()).await;
    (app, policy)
}

#[tokio::test]
async fn the_action_is_told_which_policy_and_whether_it_is_enabled() {
    let (app, policy) = app().await;
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await["id"].clone();
    for (data, enabled) in [
        (json!({ "policy_id": policy, "enabled": true }), json!(true)),
        (json!({ "policy_id": "scale1" }), json!(true)),
        (json!({ "policy_id": policy[..8], "enabled": false }), json!(false)),
        (json!({ "policy_id": "scale1", "enabled": null }), json!(null)),
    ] {
        let answer = attach(&app, &data).await;
        let action = check::accepted(&answer, "1.0");
        assert_eq!(answer.json(), json!({ "action": action }));
        let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
        assert_eq!(shown["action"], "CLUSTER_ATTACH_POLICY");
        assert_eq!(shown["name"], format!("attach_policy_{}", &cluster.as_str().unwrap()[..8]));
        assert_eq!((&shown["target"], &shown["status"]), (&cluster, &json!("READY")));
        assert_eq!(shown["inputs"], json!({ "policy_id": policy, "enabled": enabled }));
        app.drain().await;
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_the_reference() {
    let (app, _) = app().await;
    let theirs = app.policy(BOB, "theirs", &scaling_policy()).await;
    let foreign = format!("The specified policy '{theirs}' could not be found.");
    for _ in 0..2 {
        app.policy(ALICE, "twin", &deletion_policy()).await;
    }
    for (data, kind, text) in [
        (json!({}), "HTTPBadRequest", "'policy_id' is a required property"),
        (json!({ "policy_id": 3 }), "HTTPBadRequest", "3 is not of type 'string'"),
        (json!({ "policy_id": "x", "enabled": 1 }), "HTTPBadRequest", "1 is not of type 'boolean', 'null'"),
        (
            json!({ "policy_id": "x", "priority": 1 }),
            "HTTPBadRequest",
            "Additional properties are not allowed ('priority' was unexpected)",
        ),
        (json!({ "policy_id": "nosuch" }), "BadRequest", "The specified policy 'nosuch' could not be found."),
        (json!({ "policy_id": theirs }), "BadRequest", &foreign),
        (
            json!({ "policy_id": "twin" }),
            "MultipleChoices",
            "Multiple results found matching the query criteria 'twin'. Please be more specific.",
        ),
    ] {
        check::fault(&attach(&app, &data).await, 400, kind, text);
    }
    let body = json!({ "policy_attach": { "policy_id": "nosuch" } });
    let lost = app.post("/v1/clusters/nosuch/actions").by(ALICE).json(&body).send().await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'nosuch' could not be found.");
}

#[tokio::test]
async fn the_path_says_which_cluster_whatever_the_data_say() {
    let (app, _) = app().await;
    let profile = app.profile(ALICE, "q").await;
    let other = app.cluster(ALICE, "other", &profile, 0).await;
    let addressed = app.show(ALICE, "/v1/clusters/c", "cluster").await["id"].clone();
    let answer = attach(&app, &json!({ "policy_id": "scale1", "identity": other })).await;
    let action = check::accepted(&answer, "1.0");
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(shown["target"], addressed);
}

#[tokio::test]
async fn the_action_goes_by_its_records_name_too_and_one_is_taken_at_a_time() {
    let (app, policy) = app().await;
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await["id"].clone();
    let body = json!({ "attach_policy": { "policy_id": policy } });
    let action = app.act(ALICE, "c", &body).await;
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(shown["action"], "CLUSTER_ATTACH_POLICY");
    let text = format!(
        "The CLUSTER_ATTACH_POLICY action for target {} conflicts with the following action(s): {action}",
        cluster.as_str().unwrap()
    );
    check::fault(&attach(&app, &json!({ "policy_id": policy })).await, 409, "ActionConflict", &text);
}
