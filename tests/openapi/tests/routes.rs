//! What is described is served.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use coppice_api::operation::Operation;
use coppice_e2e::{ADMIN, Answer, TestApp};
use coppice_openapi::operations;
use http::Method;
use serde_json::Value;

/// An operation's path with something in place of its parameters.
fn target(operation: &Operation) -> String {
    let segments = operation.path.split('/');
    let filled: Vec<&str> =
        segments.map(|segment| if segment.starts_with('{') { "something" } else { segment }).collect();
    format!("/v1{}", filled.join("/"))
}

async fn ask(app: &TestApp, operation: &Operation, token: Option<&str>) -> Answer {
    let method = Method::from_bytes(operation.method.name().as_bytes()).unwrap();
    let ask = app.request(method, &target(operation)).at("latest");
    match token {
        Some(token) => ask.token(token).send().await,
        None => ask.send().await,
    }
}

/// The 404 of a path that nothing serves: it is not in the envelope.
fn is_unserved(answer: &Answer) -> bool {
    answer.status == 404
        && serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body.get("error").is_none())
}

#[tokio::test]
async fn every_operation_is_served() {
    let app = TestApp::new().await;
    for operation in operations() {
        let answer = ask(&app, &operation, Some(ADMIN.token)).await;
        assert!(!is_unserved(&answer), "{} {}", operation.method.name(), operation.path);
    }
    let nothing = app.get("/v1/nothing").by(ADMIN).send().await;
    assert!(is_unserved(&nothing), "{}", nothing.text());
}

#[tokio::test]
async fn what_is_described_as_open_needs_no_token_and_all_else_does() {
    let app = TestApp::new().await;
    for operation in operations() {
        let refused = ask(&app, &operation, None).await.status == 401;
        assert_eq!(refused, operation.needs_token(), "{} {}", operation.method.name(), operation.path);
    }
}

#[tokio::test]
async fn the_description_is_served_as_json() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/openapi.json").send().await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["openapi"], "3.1.0");
}
