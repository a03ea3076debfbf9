//! `POST /v1/nodes/{id}/ops`.

use super::{asked, member};
use crate::check;
use coppice_domain::fault::MALFORMED;
use coppice_e2e::{ALICE, Answer, BOB, Person, TestApp};
use serde_json::{Value, json};

async fn operate(app: &TestApp, person: Person, reference: &str, body: &Value) -> Answer {
    app.post(&format!("/v1/nodes/{reference}/ops")).by(person).at("1.4").json(body).send().await
}

#[tokio::test]
async fn an_operation_is_told_its_name_and_parameters() {
    let app = TestApp::new().await;
    let (cluster, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    // One after another without waiting: an operation takes its turn.
    for (name, given, parameters) in [
        ("reboot", json!({ "type": "SOFT" }), json!({ "type": "SOFT" })),
        ("reboot", json!({}), json!({})),
        ("pause", json!(null), json!({})),
    ] {
        let answer = operate(&app, ALICE, id, &json!({ name: given })).await;
        let action = check::accepted(&answer, "1.4");
        assert_eq!(answer.json(), json!({ "action": action }));
        let expected = json!({
            "action": "NODE_OPERATION", "name": format!("node_{name}_{}", &id[..8]), "target": id,
            "cluster_id": cluster, "inputs": { "operation": name, "params": parameters },
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
        ("x", json!({}), 400, "HTTPBadRequest", "No operation specified."),
        ("x", json!({ "start": {}, "stop": {} }), 400, "HTTPBadRequest", "Multiple operations specified."),
        ("x", json!({ "reboot": [1] }), 400, "HTTPBadRequest", "[1] is not of type 'object', 'null'"),
        ("x", json!({ "reboot": "SOFT" }), 400, "HTTPBadRequest", "The value (SOFT) is not a valid JSON."),
        ("x", json!({ "reboot": {} }), 404, "ResourceNotFound", "The node 'x' could not be found."),
        (
            id,
            json!({ "dance": { "a": 1 } }),
            400,
            "BadRequest",
            "The requested operation 'dance' is not supported by the profile type 'os.nova.server-1.0'.",
        ),
        (
            id,
            json!({ "reboot": { "params": { "type": "SOFT" } } }),
            400,
            "BadRequest",
            "Unrecognizable parameter 'params'.",
        ),
        (id, json!({ "reboot": { "type": 1 } }), 400, "BadRequest", "value is not a string."),
        (id, json!({ "pause": { "a": 1 } }), 400, "HTTPBadRequest", MALFORMED),
    ] {
        check::fault(&operate(&app, ALICE, reference, &body).await, status, kind, text);
    }
    let empty = app.post(&format!("/v1/nodes/{id}/ops")).by(ALICE).at("1.4").send().await;
    check::fault(&empty, 400, "HTTPBadRequest", "No operation specified.");
    assert_eq!(operate(&app, BOB, id, &json!({ "reboot": {} })).await.status, 404);
}

#[tokio::test]
async fn operations_came_with_1_4() {
    let app = TestApp::new().await;
    let answer = app.post("/v1/nodes/x/ops").by(ALICE).at("1.3").json(&json!({})).send().await;
    let text = "API version '1.3' is not supported on this method.";
    check::fault(&answer, 400, "MethodVersionNotFound", text);
}
