//! `DELETE /v1/profiles/{id}`.

use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_profile_that_nobody_uses_goes_without_a_word() {
    let app = TestApp::new().await;
    let id = app.profile(ALICE, "p").await;
    let answer = app.delete("/v1/profiles/p").by(ALICE).send().await;
    check::bare(&answer, 204);
    assert_eq!((answer.text().as_str(), answer.header("content-type")), ("", None));
    let again = app.delete(&format!("/v1/profiles/{id}")).by(ALICE).send().await;
    let text = format!("The profile '{id}' could not be found.");
    check::fault(&again, 404, "ResourceNotFound", &text);
}

#[tokio::test]
async fn a_profile_in_use_stays_until_its_last_cluster_has_gone() {
    let app = TestApp::new().await;
    let id = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &id, 1).await;
    let refused = app.delete("/v1/profiles/p").by(ALICE).send().await;
    let text =
        format!("The profile '{id}' cannot be deleted: still referenced by some clusters and/or nodes.");
    check::fault(&refused, 409, "ResourceInUse", &text);
    assert_eq!(app.delete("/v1/clusters/c").by(ALICE).send().await.status, 202);
    assert_eq!(app.delete("/v1/profiles/p").by(ALICE).send().await.status, 409);
    app.drain().await;
    assert_eq!(app.delete("/v1/profiles/p").by(ALICE).send().await.status, 204);
}

#[tokio::test]
async fn a_body_is_out_of_place() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let answer = app.delete("/v1/profiles/p").by(ALICE).json(&json!({ "force": true })).send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.get("/v1/profiles/p").by(ALICE).send().await.status, 200);
}
