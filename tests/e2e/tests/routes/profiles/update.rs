//! `PATCH /v1/profiles/{id}`.

use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp};
use serde_json::{Value, json};

async fn update(app: &TestApp, reference: &str, profile: &Value) -> Answer {
    let body = json!({ "profile": profile });
    app.patch(&format!("/v1/profiles/{reference}")).by(ALICE).json(&body).send().await
}

#[tokio::test]
async fn name_and_metadata_change_and_the_new_values_are_shown() {
    let app = TestApp::new().await;
    let id = app.profile(ALICE, "p").await;
    let answer = update(&app, &id, &json!({ "name": "q", "metadata": { "a": 1 } })).await;
    check::resource(&answer, 200, "1.0");
    let shown = answer.json()["profile"].clone();
    assert_eq!((&shown["name"], &shown["metadata"]), (&json!("q"), &json!({ "a": 1 })));
    assert_eq!(shown["updated_at"], "2023-11-14T22:13:20Z");
    assert_eq!(app.show(ALICE, "/v1/profiles/q", "profile").await, shown);
    assert_eq!(app.get("/v1/profiles/p").by(ALICE).send().await.status, 404);
    let nulled = update(&app, &id, &json!({ "metadata": null })).await.expect(200);
    assert_eq!(nulled.json()["profile"]["metadata"], json!(null));
    assert_eq!(app.show(ALICE, "/v1/profiles/q", "profile").await["metadata"], json!(null));
}

#[tokio::test]
async fn an_update_that_changes_nothing_or_too_much_is_refused() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let nothing = "No property needs an update.";
    for (profile, kind, text) in [
        (json!({}), "BadRequest", nothing),
        (json!({ "name": null }), "BadRequest", nothing),
        (json!({ "name": "p", "metadata": {} }), "BadRequest", nothing),
        (
            json!({ "spec": {} }),
            "HTTPBadRequest",
            "Additional properties are not allowed ('spec' was unexpected)",
        ),
        (json!(null), "HTTPBadRequest", "Malformed request data, missing 'profile' key in request body."),
        (json!([1]), "HTTPBadRequest", "[1] is not of type 'object'"),
    ] {
        check::fault(&update(&app, "p", &profile).await, 400, kind, text);
    }
    let lost = update(&app, "nosuch", &json!({ "name": "q" })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The profile 'nosuch' could not be found.");
}
