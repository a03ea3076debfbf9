//! `PATCH /v1/receivers/{id}`.

use super::{app, message, webhook};
use crate::check;
use coppice_e2e::{ALICE, Answer, BOB, Person, READER, TestApp};
use serde_json::{Value, json};

async fn update(app: &TestApp, person: Person, reference: &str, receiver: &Value) -> Answer {
    let body = json!({ "receiver": receiver });
    app.patch(&format!("/v1/receivers/{reference}")).by(person).json(&body).send().await
}

/// RHE-1: it was created when it was. RHE-2: its URL shows the inputs of its first day.
#[tokio::test]
async fn rhe_1_rhe_2_name_action_and_inputs_change_and_the_url_stays() {
    let (app, _) = app().await;
    let made = webhook(&app, ALICE, "r", "c").await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let asked = json!({ "name": "s", "params": { "count": 2 }, "action": "CLUSTER_CREATE", "identity": "x" });
    let answer = update(&app, ALICE, "r", &asked).await;
    check::resource(&answer, 200, "1.0");
    let mut expected = made.clone();
    expected["name"] = "s".into();
    expected["params"] = json!({ "count": 2 });
    expected["action"] = "CLUSTER_CREATE".into();
    expected["updated_at"] = "2023-11-14T22:14:20Z".into();
    assert_eq!(answer.json()["receiver"], expected);
    assert_eq!(app.show(ALICE, "/v1/receivers/s", "receiver").await, expected);
    assert_eq!(app.get("/v1/receivers/r").by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn whoever_is_in_the_project_may_update() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    assert_eq!(update(&app, READER, "r", &json!({ "name": "s" })).await.status, 200);
    let answer = update(&app, BOB, "s", &json!({ "name": "t" })).await;
    check::fault(&answer, 404, "ResourceNotFound", "The receiver 's' could not be found.");
}

#[tokio::test]
async fn an_update_that_changes_nothing_or_too_much_is_refused() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    message(&app, ALICE, "m").await;
    let nothing = "No property needs an update.";
    for (receiver, kind, text) in [
        (json!({}), "BadRequest", nothing),
        (json!({ "name": null, "params": null }), "BadRequest", nothing),
        (json!({ "name": "r", "params": { "count": 1 } }), "BadRequest", nothing),
        (
            json!({ "cluster_id": "c", "type": "message", "actor": {} }),
            "HTTPBadRequest",
            "Additional properties are not allowed ('actor', 'cluster_id', 'type' were unexpected)",
        ),
        (
            json!({ "action": "CLUSTER_FLY" }),
            "HTTPBadRequest",
            "Value 'CLUSTER_FLY' is not acceptable for field 'action'.",
        ),
        (json!(null), "HTTPBadRequest", "Malformed request data, missing 'receiver' key in request body."),
        (json!([1]), "HTTPBadRequest", coppice_domain::fault::MALFORMED),
    ] {
        check::fault(&update(&app, ALICE, "r", &receiver).await, 400, kind, text);
    }
    let null = update(&app, ALICE, "m", &json!({ "action": null })).await.expect(400).fault();
    assert!(null.1.starts_with("None is not one of ['CLUSTER_CREATE', "), "{null:?}");
    let lost = update(&app, ALICE, "nosuch", &json!({ "name": "q" })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The receiver 'nosuch' could not be found.");
}
