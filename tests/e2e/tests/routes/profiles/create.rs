//! `POST /v1/profiles`.

use crate::check;
use coppice_e2e::{ALICE, TestApp, spec};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};

async fn create(app: &TestApp, profile: &Value) -> coppice_e2e::Answer {
    app.post("/v1/profiles").by(ALICE).json(&json!({ "profile": profile })).send().await
}

#[tokio::test]
async fn a_profile_is_kept_as_it_was_sent() {
    let app = TestApp::new().await;
    let answer = create(&app, &json!({ "name": "p", "spec": spec(), "metadata": { "k": [1, null] } })).await;
    check::resource(&answer, 201, "1.0");
    assert_eq!(answer.header("location"), None);
    let shown = answer.json()["profile"].clone();
    let expected = json!({
        "id": shown["id"], "name": "p", "type": "os.nova.server-1.0", "spec": spec(),
        "metadata": { "k": [1, null] }, "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": shown["created_at"], "updated_at": null,
    });
    assert_eq!(shown, expected);
    assert_eq!(shown["created_at"], "2023-11-14T22:13:20Z");
}

#[tokio::test]
async fn a_number_may_be_the_version_and_null_the_metadata() {
    let app = TestApp::new().await;
    let mut numbered = spec();
    numbered["version"] = json!(1.0);
    let answer = create(&app, &json!({ "name": "p", "spec": numbered, "metadata": null })).await.expect(201);
    let shown = answer.json();
    assert_eq!(shown["profile"]["type"], "os.nova.server-1.0");
    assert_eq!(shown["profile"]["spec"]["version"], json!(1.0));
    assert_eq!(shown["profile"]["metadata"], json!({}));
}

#[tokio::test]
async fn what_is_wrong_with_a_profile_is_said() {
    let app = TestApp::new().await;
    let without = |key: &str| {
        let mut spec = spec();
        spec.as_object_mut().unwrap().remove(key);
        spec
    };
    let with = |key: &str, value: Value| {
        let mut spec = spec();
        spec[key] = value;
        spec
    };
    let no_type = "The 'type' key is missing from the provided spec map.";
    let no_version = "The 'version' key is missing from the provided spec map.";
    for (profile, status, kind, text) in [
        (json!({ "name": "p" }), 400, "HTTPBadRequest", "'spec' is a required property"),
        (json!({ "name": "p", "spec": 3 }), 400, "HTTPBadRequest", "3 is not of type 'object'"),
        (json!({ "name": "p", "spec": null }), 400, "HTTPBadRequest", "Field `spec' cannot be None"),
        (json!({ "name": "p", "spec": without("type") }), 500, "ESchema", no_type),
        (json!({ "name": "p", "spec": without("version") }), 500, "ESchema", no_version),
        (
            json!({ "name": "p", "spec": with("type", json!("os.bogus")) }),
            404,
            "ResourceNotFound",
            "The profile_type 'os.bogus-1.0' could not be found.",
        ),
        (
            json!({ "name": "p", "spec": with("properties", json!({ "name": "n", "flavor": "1", "flavour": 1 })) }),
            400,
            "InvalidSpec",
            "Failed in creating profile p: Unrecognizable spec item 'flavour'",
        ),
    ] {
        check::fault(&create(&app, &profile).await, status, kind, text);
    }
    assert_eq!(app.get("/v1/profiles").by(ALICE).send().await.json(), json!({ "profiles": [] }));
}

#[tokio::test]
async fn names_are_unique_only_where_that_is_set() {
    let profile = json!({ "name": "p", "spec": spec() });
    let free = TestApp::new().await;
    assert_eq!(create(&free, &profile).await.status, 201);
    assert_eq!(create(&free, &profile).await.status, 201);
    let settings = Settings { name_unique: true, ..Settings::default() };
    let strict = TestApp::with(Options { settings, ..Options::default() }).await;
    assert_eq!(create(&strict, &profile).await.status, 201);
    let again = create(&strict, &profile).await;
    check::fault(&again, 400, "BadRequest", "A profile named 'p' already exists.");
}
