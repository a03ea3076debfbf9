//! `POST /v1/nodes/{id}/actions`.

use super::{asked, member};
use crate::check;
use coppice_e2e::{ALICE, Answer, BOB, Person, TestApp};
use serde_json::{Value, json};

async fn act(app: &TestApp, person: Person, reference: &str, body: &Value) -> Answer {
    app.post(&format!("/v1/nodes/{reference}/actions")).by(person).at("1.6").json(body).send().await
}

#[tokio::test]
async fn checks_and_recoveries_are_told_what_was_given() {
    for (what, given) in [
        ("check", json!({})),
        ("check", json!({ "any": ["thing"] })),
        ("recover", json!({})),
        ("recover", json!({ "operation": "REBOOT", "check": false })),
        (
            "recover",
            json!({
                "operation": "reboot", "operation_params": { "type": "soft" }, "delete_timeout": 20,
                "force_recreate": true,
            }),
        ),
    ] {
        let app = TestApp::new().await;
        let (cluster, node) = member(&app).await;
        let id = node["id"].as_str().unwrap();
        let answer = act(&app, ALICE, node["name"].as_str().unwrap(), &json!({ what: given })).await;
        let action = check::accepted(&answer, "1.6");
        assert_eq!(answer.json(), json!({ "action": action }));
        let expected = json!({
            "action": format!("NODE_{}", what.to_uppercase()), "name": format!("node_{what}_{}", &id[..8]),
            "target": id, "cluster_id": cluster, "inputs": given,
        });
        assert_eq!(asked(&app, &action).await, expected);
    }
}

#[tokio::test]
async fn the_first_thing_wrong_is_reported() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    for (reference, body, status, kind, text) in [
        ("x", json!({}), 400, "HTTPBadRequest", "No action specified."),
        ("x", json!({ "check": {}, "recover": {} }), 400, "HTTPBadRequest", "Multiple actions specified."),
        ("x", json!({ "fly": {} }), 400, "HTTPBadRequest", "Unrecognized action 'fly' specified"),
        ("x", json!({ "check": null }), 400, "HTTPBadRequest", "The params provided is not a map."),
        (
            "x",
            json!({ "recover": { "operation": 1 } }),
            404,
            "ResourceNotFound",
            "The node 'x' could not be found.",
        ),
        (
            id,
            json!({ "recover": { "operation": [{ "name": "REBOOT" }] } }),
            400,
            "BadRequest",
            "operation has to be a string.",
        ),
        (
            id,
            json!({ "recover": { "operation": "EVACUATE" } }),
            400,
            "BadRequest",
            "Operation value 'EVACUATE' has to be one of the following: REBOOT, REBUILD, RECREATE.",
        ),
        (
            id,
            json!({ "recover": { "check_capacity": true } }),
            400,
            "BadRequest",
            "Action parameter ['check_capacity'] is not recognizable.",
        ),
    ] {
        check::fault(&act(&app, ALICE, reference, &body).await, status, kind, text);
    }
    let empty = app.post(&format!("/v1/nodes/{id}/actions")).by(ALICE).send().await;
    check::fault(&empty, 400, "HTTPBadRequest", "No action specified.");
    assert_eq!(act(&app, BOB, id, &json!({ "check": {} })).await.status, 404);
}

#[tokio::test]
async fn one_action_at_a_time() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    let first = act(&app, ALICE, id, &json!({ "check": {} })).await.expect(202).action();
    let second = act(&app, ALICE, id, &json!({ "recover": {} })).await;
    let text =
        format!("The NODE_RECOVER action for target {id} conflicts with the following action(s): {first}");
    check::fault(&second, 409, "ActionConflict", &text);
}
