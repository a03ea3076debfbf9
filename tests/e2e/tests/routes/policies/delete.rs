//! `DELETE /v1/policies/{id}`.

use crate::check;
use coppice_e2e::{ALICE, BOB, TestApp, deletion_policy};
use serde_json::json;

#[tokio::test]
async fn a_policy_that_no_cluster_has_goes_without_a_word() {
    let app = TestApp::new().await;
    let id = app.policy(ALICE, "p", &deletion_policy()).await;
    assert_eq!(app.delete(&format!("/v1/policies/{id}")).by(BOB).send().await.status, 404);
    let answer = app.delete("/v1/policies/p").by(ALICE).send().await;
    check::bare(&answer, 204);
    assert_eq!((answer.text().as_str(), answer.header("content-type")), ("", None));
    let again = app.delete(&format!("/v1/policies/{id}")).by(ALICE).send().await;
    let text = format!("The policy '{id}' could not be found.");
    check::fault(&again, 404, "ResourceNotFound", &text);
}

#[tokio::test]
async fn an_attached_policy_stays_and_is_called_what_the_client_calls_it() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "profile").await;
    let cluster = app.cluster(ALICE, "c", &profile, 0).await;
    let id = app.policy(ALICE, "p", &deletion_policy()).await;
    app.attached(&cluster, &id, false).await;
    for reference in [id.as_str(), "p", &id[..8]] {
        let refused = app.delete(&format!("/v1/policies/{reference}")).by(ALICE).send().await;
        let text = format!("The policy '{reference}' cannot be deleted: still attached to some clusters.");
        check::fault(&refused, 409, "ResourceInUse", &text);
    }
    app.store().binding_detach(cluster.parse().unwrap(), id.parse().unwrap()).await.unwrap();
    assert_eq!(app.delete("/v1/policies/p").by(ALICE).send().await.status, 204);
}

#[tokio::test]
async fn a_body_is_out_of_place() {
    let app = TestApp::new().await;
    app.policy(ALICE, "p", &deletion_policy()).await;
    let answer = app.delete("/v1/policies/p").by(ALICE).json(&json!({ "force": true })).send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.get("/v1/policies/p").by(ALICE).send().await.status, 200);
}
