//! Tokens of the development identity that hold no longer, or never did.

use coppice_compute::testing::ManualClock;
use coppice_e2e::TestApp;
use coppice_local::identity::{DevIdentity, Directory, OsEntropy, Settings, router};
use coppice_local::system::Options;
use http::{Method, Request};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

const USERS: &str = r#"
[[user]]
name = "demo"
password = "coppice"
default_project = "demo"
roles = { demo = ["member"] }

[[user]]
name = "loner"
password = "coppice"
roles = { demo = ["member"] }
"#;

fn identity(clock: &ManualClock) -> Arc<DevIdentity> {
    let settings = Settings {
        root_url: "http://127.0.0.1:8778".to_owned(),
        api_url: "http://127.0.0.1:8778".to_owned(),
        token_lifetime: Duration::from_secs(3600),
    };
    let directory = Directory::parse(USERS).unwrap();
    Arc::new(
        DevIdentity::in_memory(&settings, directory, Arc::new(clock.clone()), Arc::new(OsEntropy)).unwrap(),
    )
}

/// A token for a user, as a client obtains it.
async fn issue(identity: &Arc<DevIdentity>, user: &str) -> String {
    let password = json!({ "user": { "name": user, "domain": { "id": "default" }, "password": "coppice" } });
    let body = json!({ "auth": { "identity": { "methods": ["password"], "password": password } } });
    let request = Request::post("/identity/v3/auth/tokens").header("content-type", "application/json");
    let request = request.body(axum::body::Body::from(body.to_string())).unwrap();
    let response = router(Arc::clone(identity)).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 201);
    response.headers()["x-subject-token"].to_str().unwrap().to_owned()
}

async fn revoke(identity: &Arc<DevIdentity>, token: &str) {
    let request = Request::builder()
        .method(Method::DELETE)
        .uri("/identity/v3/auth/tokens")
        .header("x-auth-token", token)
        .header("x-subject-token", token)
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(router(Arc::clone(identity)).oneshot(request).await.unwrap().status(), 204);
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.get("/v1/clusters").token(token).send().await.status
}

#[tokio::test]
async fn a_token_holds_until_it_expires_or_is_revoked_and_only_where_it_was_issued() {
    let clock = ManualClock::default();
    let here = identity(&clock);
    let elsewhere = identity(&clock);
    let app = TestApp::with_identity(Options::default(), clock.clone(), here.clone()).await;
    let (first, second) = (issue(&here, "demo").await, issue(&here, "demo").await);
    assert_eq!(status(&app, &first).await, 200);
    assert_eq!(status(&app, &issue(&elsewhere, "demo").await).await, 401, "a foreign token");
    revoke(&here, &first).await;
    assert_eq!(status(&app, &first).await, 401, "a revoked token");
    assert_eq!(status(&app, &second).await, 200);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(status(&app, &second).await, 401, "an expired token");
}

#[tokio::test]
async fn a_token_without_a_project_is_a_bad_request() {
    let clock = ManualClock::default();
    let here = identity(&clock);
    let app = TestApp::with_identity(Options::default(), clock.clone(), here.clone()).await;
    let token = issue(&here, "loner").await;
    let answer = app.get("/v1/clusters").token(&token).send().await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("Field `project' cannot be None"), "{}", answer.text());
}

#[tokio::test]
async fn a_token_that_was_tampered_with_is_no_token() {
    let clock = ManualClock::default();
    let here = identity(&clock);
    let app = TestApp::with_identity(Options::default(), clock.clone(), here.clone()).await;
    let token = issue(&here, "demo").await;
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();

        bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
        let forged = String::from_utf8(bytes).unwrap();
        assert_eq!(status(&app, &forged).await, 401, "{place}");
    }
    for token in [&token[..token.len() - 4], &format!("{token}AAAA"), &"A".repeat(8_000), "\u{e9}", "%"] {
        assert_eq!(status(&app, token).await, 401, "{token}");
    }
}
