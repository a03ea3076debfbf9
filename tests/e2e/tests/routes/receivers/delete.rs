//! `DELETE /v1/receivers/{id}`.

use super::{app, message, text, webhook};
use crate::check;
use coppice_e2e::{ALICE, BOB};
use serde_json::json;

#[tokio::test]
async fn a_webhook_goes_without_a_word_and_is_called_in_vain() {
    let (app, _) = app().await;
    let made = webhook(&app, ALICE, "r", "c").await;
    let id = text(&made, "id");
    assert_eq!(app.delete("/v1/receivers/r").by(BOB).send().await.status, 404);
    let answer = app.delete("/v1/receivers/r").by(ALICE).send().await;
    check::bare(&answer, 204);
    assert_eq!((answer.text().as_str(), answer.header("content-type")), ("", None));
    let text_of = format!("The receiver '{id}' could not be found.");
    let again = app.delete(&format!("/v1/receivers/{id}")).by(ALICE).send().await;
    check::fault(&again, 404, "ResourceNotFound", &text_of);
    let call = app.post(&format!("/v1/webhooks/{id}/trigger?V=2")).send().await;
    check::fault(&call, 404, "ResourceNotFound", &text_of);
}

#[tokio::test]
async fn a_message_receiver_takes_its_queue_with_it() {
    let (app, _) = app().await;
    message(&app, ALICE, "m").await;
    let stays = message(&app, ALICE, "n").await;
    app.mailboxes.fail(true);
    let refused = app.delete("/v1/receivers/m").by(ALICE).send().await.expect(500);
    let (kind, reason) = refused.fault();
    assert_eq!(kind, "EResourceDeletion");
    assert!(reason.starts_with("Failed in deleting queue 'senlin-receiver-"), "{reason}");
    // While it is there, it can be asked for again.
    app.mailboxes.fail(false);
    check::bare(&app.delete("/v1/receivers/m").by(ALICE).send().await, 204);
    assert_eq!(app.mailboxes.names(), [text(&stays["channel"], "queue_name")]);
    assert_eq!(app.get("/v1/receivers/m").by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn a_body_is_out_of_place() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    let answer = app.delete("/v1/receivers/r").by(ALICE).json(&json!({ "force": true })).send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.get("/v1/receivers/r").by(ALICE).send().await.status, 200);
}

#[tokio::test]
async fn a_cluster_takes_its_webhooks_with_it() {
    let (app, cluster) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    message(&app, ALICE, "m").await;
    app.delete(&format!("/v1/clusters/{cluster}?force=true")).by(ALICE).at("1.8").send().await.expect(202);
    app.drain().await;
    let left = app.show(ALICE, "/v1/receivers", "receivers").await;
    assert_eq!(check::column(&left, "name"), ["m"]);
}
