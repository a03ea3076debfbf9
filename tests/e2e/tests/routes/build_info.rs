//! `GET /v1/build-info` (spec api-resources C).

use crate::check;
use coppice_e2e::{READER, TestApp};
use serde_json::json;

#[tokio::test]
async fn the_revisions_are_shown() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/build-info?ignored=1").by(READER).send().await;
    check::resource(&answer, 200, "1.0");
    let revision = json!({ "revision": "1.0" });
    assert_eq!(answer.json(), json!({ "build_info": { "api": revision, "engine": revision } }));
    let with_body = app.get("/v1/build-info").by(READER).json(&json!({ "a": 1 })).send().await;
    assert_eq!(with_body.status, 400);
}
