//! `POST /v1/policies/validate`.

use crate::check;
use coppice_domain::fault::MALFORMED;
use coppice_e2e::{ALICE, Answer, TestApp, scaling_policy};
use serde_json::{Value, json};

async fn validate(app: &TestApp, policy: &Value) -> Answer {
    let body = json!({ "policy": policy });
    app.post("/v1/policies/validate").by(ALICE).at("1.2").json(&body).send().await
}

#[tokio::test]
async fn a_valid_spec_is_shown_as_a_policy_that_is_not_kept() {
    let app = TestApp::new().await;
    let answer = validate(&app, &json!({ "spec": scaling_policy() })).await;
    check::resource(&answer, 200, "1.2");
    let expected = json!({
        "id": null, "name": "validated_policy", "type": "senlin.policy.scaling-1.0",
        "spec": scaling_policy(), "data": {}, "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": null, "updated_at": null,
    });
    assert_eq!(answer.json(), json!({ "policy": expected }));
    assert_eq!(app.get("/v1/policies").by(ALICE).send().await.json(), json!({ "policies": [] }));
}

#[tokio::test]
async fn what_is_wrong_is_said_as_at_creation_but_for_what_a_backend_would_know() {
    let app = TestApp::new().await;
    let mut wrong = scaling_policy();
    wrong["properties"]["bogus"] = json!(1);
    let mut nameless = scaling_policy();
    nameless["properties"] = json!(null);
    for (policy, status, kind, text) in [
        (json!({ "spec": wrong }), 500, "ESchema", "Unrecognizable spec item 'bogus'"),
        (json!({ "spec": nameless }), 400, "HTTPBadRequest", MALFORMED),
        (
            json!({ "name": "p", "spec": scaling_policy() }),
            400,
            "HTTPBadRequest",
            "Additional properties are not allowed ('name' was unexpected)",
        ),
    ] {
        check::fault(&validate(&app, &policy).await, status, kind, text);
    }
    let balancer = json!({ "type": "senlin.policy.loadbalance", "version": "1.3", "properties": {} });
    assert_eq!(validate(&app, &json!({ "spec": balancer })).await.status, 200);
}

#[tokio::test]
async fn a_spec_is_validated_from_1_2_on() {
    let app = TestApp::new().await;
    let body = json!({ "policy": { "spec": scaling_policy() } });
    let old = app.post("/v1/policies/validate").by(ALICE).at("1.1").json(&body).send().await;
    let text = "API version '1.1' is not supported on this method.";
    check::fault(&old, 400, "MethodVersionNotFound", text);
}

#[tokio::test]
async fn validate_is_a_name_like_any_other_except_to_post() {
    let app = TestApp::new().await;
    app.policy(ALICE, "validate", &scaling_policy()).await;
    assert_eq!(app.get("/v1/policies/validate").by(ALICE).send().await.status, 200);
    let elsewhere = app.post("/v1/policies/other").by(ALICE).at("1.14").json(&json!({})).send().await;
    check::bare(&elsewhere, 404);
}
