//! `PATCH /v1/policies/{id}`.

use crate::check;
use coppice_e2e::{ALICE, Answer, BOB, TestApp, scaling_policy};
use serde_json::{Value, json};

async fn update(app: &TestApp, reference: &str, policy: &Value) -> Answer {
    let body = json!({ "policy": policy });
    app.patch(&format!("/v1/policies/{reference}")).by(ALICE).json(&body).send().await
}

#[tokio::test]
async fn the_name_changes_and_the_new_one_is_shown() {
    let app = TestApp::new().await;
    let id = app.policy(ALICE, "p", &scaling_policy()).await;
    let answer = update(&app, &id, &json!({ "name": "q" })).await;
    check::resource(&answer, 200, "1.0");
    let expected = json!({
        "id": id, "name": "q", "type": "senlin.policy.scaling-1.0", "spec": scaling_policy(), "data": {},
        "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": "2023-11-14T22:13:20Z", "updated_at": "2023-11-14T22:13:20Z",
    });
    assert_eq!(answer.json()["policy"], expected);
    let shown = app.show(ALICE, "/v1/policies/q", "policy").await;
    assert_eq!(shown["updated_at"], "2023-11-14T22:13:20.000000");
    assert_eq!(app.get("/v1/policies/p").by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn an_update_that_changes_nothing_or_too_much_is_refused() {
    let app = TestApp::new().await;
    let id = app.policy(ALICE, "p", &scaling_policy()).await;
    let extra = "Additional properties are not allowed ('spec' was unexpected)";
    for (policy, kind, text) in [
        (json!({}), "HTTPBadRequest", "'name' is a required property"),
        (json!({ "name": null }), "HTTPBadRequest", "Field `name' cannot be None"),
        (
            json!({ "name": "" }),
            "HTTPBadRequest",
            "The value for the name field must be at least 1 characters long.",
        ),
        (json!({ "name": "p" }), "BadRequest", "No property needs an update."),
        (json!({ "name": "q", "spec": {} }), "HTTPBadRequest", extra),
        (json!(null), "HTTPBadRequest", "Malformed request data, missing 'policy' key in request body."),
        (json!([1]), "HTTPBadRequest", "[1] is not of type 'object'"),
    ] {
        check::fault(&update(&app, "p", &policy).await, 400, kind, text);
    }
    check::fault(
        &update(&app, "nosuch", &json!({})).await,
        400,
        "HTTPBadRequest",
        "'name' is a required property",
    );
    let lost = update(&app, "nosuch", &json!({ "name": "q" })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The policy 'nosuch' could not be found.");
    let body = json!({ "policy": { "name": "q" } });
    let foreign = app.patch(&format!("/v1/policies/{id}")).by(BOB).json(&body).send().await;
    check::fault(&foreign, 404, "ResourceNotFound", &format!("The policy '{id}' could not be found."));
    assert_eq!(app.show(ALICE, "/v1/policies/p", "policy").await["updated_at"], json!(null));
}
