//! `POST /v1/profiles/validate`.

use crate::check;
use coppice_e2e::{ALICE, TestApp, spec};
use serde_json::json;

#[tokio::test]
async fn a_valid_spec_is_shown_as_a_profile_that_is_not_kept() {
    let app = TestApp::new().await;
    let body = json!({ "profile": { "spec": spec() } });
    let answer = app.post("/v1/profiles/validate").by(ALICE).at("1.2").json(&body).send().await;
    check::resource(&answer, 200, "1.2");
    let expected = json!({
        "id": null, "name": "validated_profile", "type": "os.nova.server-1.0", "spec": spec(),
        "metadata": null, "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": null, "updated_at": null,
    });
    assert_eq!(answer.json(), json!({ "profile": expected }));
    assert_eq!(app.get("/v1/profiles").by(ALICE).send().await.json(), json!({ "profiles": [] }));
}

#[tokio::test]
async fn what_is_wrong_is_said_without_a_name() {
    let app = TestApp::new().await;
    let mut wrong = spec();
    wrong["properties"]["bogus"] = json!(1);
    let ask = |microversion| app.post("/v1/profiles/validate").by(ALICE).at(microversion);
    let body = json!({ "profile": { "spec": wrong } });
    let answer = ask("1.2").json(&body).send().await;
    check::fault(&answer, 400, "InvalidSpec", "Unrecognizable spec item 'bogus'");
    let named = json!({ "profile": { "name": "p", "spec": spec() } });
    let text = "Additional properties are not allowed ('name' was unexpected)";
    check::fault(&ask("1.2").json(&named).send().await, 400, "HTTPBadRequest", text);
    let text = "API version '1.1' is not supported on this method.";
    check::fault(&ask("1.1").json(&body).send().await, 400, "MethodVersionNotFound", text);
}

#[tokio::test]
async fn validate_is_a_name_like_any_other_except_to_post() {
    let app = TestApp::new().await;
    app.profile(ALICE, "validate").await;
    assert_eq!(app.get("/v1/profiles/validate").by(ALICE).send().await.status, 200);
    let elsewhere = app.post("/v1/profiles/other").by(ALICE).at("1.14").json(&json!({})).send().await;
    check::bare(&elsewhere, 404);
}
