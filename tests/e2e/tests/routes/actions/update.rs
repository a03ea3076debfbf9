//! `PATCH /v1/actions/{id}` (spec api-resources O).

use crate::check;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, TestApp};
use serde_json::{Value, json};

const IMMUTABLE: &str = "while expected status must be one of (['INIT', 'WAITING', 'READY', 'RUNNING', \
                         'WAITING_LIFECYCLE_COMPLETION']).";

/// A cluster, and an action on it that has not begun.
async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    let action = app.act(ALICE, "c", &json!({ "scale_out": {} })).await;
    (app, action)
}

async fn update(app: &TestApp, target: &str, body: &Value) -> Answer {
    app.patch(&format!("/v1/actions/{target}")).by(ALICE).at("1.12").json(body).send().await
}

fn cancelled() -> Value {
    json!({ "action": { "status": "CANCELLED" } })
}

#[tokio::test]
async fn a_cancellation_is_accepted_in_the_form_that_the_client_prefers() {
    let (app, action) = app().await;
    for (accept, content_type, body) in [
        (
            "application/json",
            "application/json",
            r#"{"message": "The request is accepted for processing.<br /><br />\n\n\n", "code": "202 Accepted", "title": "Accepted"}"#,
        ),
        (
            "text/plain",
            "text/plain; charset=UTF-8",
            "202 Accepted\n\nThe request is accepted for processing.\n\n   ",
        ),
        (
            "*/*",
            "text/html; charset=UTF-8",
            "<html>\n <head>\n  <title>202 Accepted</title>\n </head>\n <body>\n  <h1>202 Accepted</h1>\n  \
             The request is accepted for processing.<br /><br />\n\n\n\n </body>\n</html>",
        ),
    ] {
        // Asked for twice, it is accepted twice.
        let ask = app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.12").json(&cancelled());
        let answer = ask.header("accept", accept).send().await;
        check::bare(&answer, 202);
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(answer.text(), body);
    }
    let items = app.items().await;
    let item = items.values().find(|item| item["pk"].contains(&*action)).unwrap();
    assert!(item["control"].contains("CANCEL"));
    app.drain().await;
    let ended = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    let cancelled = (json!("CANCELLED"), json!("Action execution cancelled"));
    assert_eq!((ended["status"].clone(), ended["status_reason"].clone()), cancelled);
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!(cluster["nodes"].as_array().unwrap().len(), 1, "nothing was begun");
}

#[tokio::test]
async fn act_6_what_has_ended_stays_as_it_is_even_by_force() {
    let (app, action) = app().await;
    app.drain().await;
    let before = app.items().await;
    let text = format!("Action ({}) is in status (SUCCEEDED) {IMMUTABLE}", &action[..8]);
    for target in [action.clone(), format!("{action}?force=true"), format!("{action}?force=False")] {
        check::fault(&update(&app, &target, &cancelled()).await, 409, "ActionImmutable", &text);
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn what_is_wrong_is_reported_in_order() {
    let (app, action) = app().await;
    let before = app.items().await;
    let missing = "Malformed request data, missing 'action' key in request body.";
    let generic = coppice_domain::fault::MALFORMED;
    for (target, body, status, kind, text) in [
        ("x?force=maybe", json!({ "status": "CANCELLED" }), 400, "HTTPBadRequest", missing),
        ("x?force=maybe", json!({ "action": null }), 400, "HTTPBadRequest", missing),
        ("x?force=maybe", json!({ "action": [] }), 400, "HTTPBadRequest", generic),
        (
            "x?force=maybe",
            json!({ "action": {} }),
            400,
            "HTTPBadRequest",
            "Invalid value 'maybe' specified for 'force'",
        ),
        ("x?force=", cancelled(), 400, "HTTPBadRequest", "Invalid value '' specified for 'force'"),
        ("x", json!({ "action": {} }), 400, "HTTPBadRequest", "'status' is a required property"),
        (
            "x",
            json!({ "action": { "status": null } }),
            400,
            "HTTPBadRequest",
            "Field `status' cannot be None",
        ),
        (
            "x",
            json!({ "action": { "status": "FOO", "force": "never read", "colour": 1 } }),
            400,
            "HTTPBadRequest",
            "Additional properties are not allowed ('colour' was unexpected)",
        ),
        (
            "x",
            json!({ "action": { "status": "cancelled", "force": 3 } }),
            400,
            "BadRequest",
            "Unknown status cancelled for action x.",
        ),
        ("x", cancelled(), 404, "ResourceNotFound", "The action 'x' could not be found."),
    ] {
        check::fault(&update(&app, target, &body).await, status, kind, text);
    }
    let none = app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.12").send().await;
    check::fault(&none, 400, "HTTPBadRequest", generic);
    let old =
        app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.11").json(&cancelled()).send().await;
    let text = "API version '1.11' is not supported on this method.";
    check::fault(&old, 400, "MethodVersionNotFound", text);
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn act_15_an_action_is_named_by_its_whole_id_within_its_project() {
    let (app, action) = app().await;
    let before = app.items().await;
    let name = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await["name"].clone();
    let name = name.as_str().unwrap().to_owned();
    for (person, reference) in [(ALICE, &action[..8]), (ALICE, &*name), (BOB, &*action)] {
        let target = format!("/v1/actions/{reference}");
        let lost = app.patch(&target).by(person).at("1.12").json(&cancelled()).send().await;
        check::fault(
            &lost,
            404,
            "ResourceNotFound",
            &format!("The action '{reference}' could not be found."),
        );
    }
    assert_eq!(app.items().await, before);
    let target = format!("/v1/actions/{action}");
    let by_admin = app.patch(&target).by(ADMIN).at("1.12").json(&cancelled()).send().await;
    check::bare(&by_admin, 202);
}
