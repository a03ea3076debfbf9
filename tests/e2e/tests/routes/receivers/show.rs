//! `GET /v1/receivers/{id}`.

use super::{app, message, text, webhook};
use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB};

#[tokio::test]
async fn a_receiver_is_found_by_id_name_or_short_id() {
    let (app, _) = app().await;
    let made = webhook(&app, ALICE, "r", "c").await;
    let id = text(&made, "id");
    for reference in [id, &id[..8], "r"] {
        let answer = app.get(&format!("/v1/receivers/{reference}")).by(ALICE).send().await;
        check::resource(&answer, 200, "1.0");
        assert_eq!(answer.json()["receiver"], made);
    }
    assert_eq!(app.show(ADMIN, &format!("/v1/receivers/{id}"), "receiver").await, made);
    let answer = app.get(&format!("/v1/receivers/{id}")).by(BOB).send().await;
    let text_of = format!("The receiver '{id}' could not be found.");
    check::fault(&answer, 404, "ResourceNotFound", &text_of);
}

#[tokio::test]
async fn a_message_receiver_shows_its_queue_alone() {
    let (app, _) = app().await;
    let made = message(&app, ALICE, "m").await;
    assert_eq!(check::keys(&made["channel"]), ["queue_name"]);
    assert_eq!(app.show(ALICE, "/v1/receivers/m", "receiver").await, made);
}

#[tokio::test]
async fn a_name_that_two_have_is_ambiguous() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "twin", "c").await;
    message(&app, ALICE, "twin").await;
    let answer = app.get("/v1/receivers/twin").by(ALICE).send().await;
    let text = "Multiple results found matching the query criteria 'twin'. Please be more specific.";
    check::fault(&answer, 400, "MultipleChoices", text);
}
