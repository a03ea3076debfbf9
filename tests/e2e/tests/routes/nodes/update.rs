//! `PATCH /v1/nodes/{id}`.

use super::{asked, create, member, stack};
use crate::check;
use coppice_e2e::{ALICE, Answer, BOB, TestApp};
use serde_json::{Value, json};

async fn update(app: &TestApp, reference: &str, microversion: &str, node: &Value) -> Answer {
    let body = json!({ "node": node });
    app.patch(&format!("/v1/nodes/{reference}")).by(ALICE).at(microversion).json(&body).send().await
}

#[tokio::test]
async fn the_old_values_are_shown_until_the_action_has_changed_them() {
    let app = TestApp::new().await;
    let (cluster, node) = member(&app).await;
    let other = app.profile(ALICE, "q").await;
    let id = node["id"].as_str().unwrap();
    let change = json!({
        "name": "n1b", "role": "slave", "profile_id": "q", "metadata": { "a": 1 }, "tainted": true,
        "identity": "nobody",
    });
    let answer = update(&app, node["name"].as_str().unwrap(), "1.13", &change).await;
    let action = check::accepted(&answer, "1.13");
    assert_eq!(answer.json(), json!({ "node": node }));
    let expected = json!({
        "action": "NODE_UPDATE", "name": format!("node_update_{}", &id[..8]), "target": id,
        "cluster_id": cluster,
        "inputs": {
            "name": "n1b", "role": "slave", "new_profile_id": other, "metadata": { "a": 1 }, "tainted": true,
        },
    });
    assert_eq!(asked(&app, &action).await, expected);
}

#[tokio::test]
async fn tainted_counts_from_1_13_on() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    let mark = json!({ "tainted": true });
    let nothing = "No property needs an update.";
    check::fault(&update(&app, id, "1.12", &mark).await, 400, "BadRequest", nothing);
    let wrong = json!({ "tainted": "maybe" });
    assert_eq!(update(&app, id, "1.12", &wrong).await.fault().0, "HTTPBadRequest");
    let answer = update(&app, id, "1.13", &mark).await;
    let action = check::accepted(&answer, "1.13");
    assert_eq!(asked(&app, &action).await["inputs"], mark);
}

#[tokio::test]
async fn what_cannot_be_updated_is_refused_in_order() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let stack = stack(&app).await;
    let id = node["id"].as_str().unwrap();
    let same = json!({ "name": node["name"], "role": "", "metadata": {}, "profile_id": "p" });
    for (reference, change, status, kind, text) in [
        (
            "x",
            json!({ "index": 1, "cluster_id": "c" }),
            400,
            "HTTPBadRequest",
            "Additional properties are not allowed ('cluster_id', 'index' were unexpected)",
        ),
        (
            "x",
            json!(null),
            400,
            "HTTPBadRequest",
            "Malformed request data, missing 'node' key in request body.",
        ),
        ("x", json!({ "name": "m" }), 404, "ResourceNotFound", "The node 'x' could not be found."),
        (
            id,
            json!({ "profile_id": "nosuch" }),
            400,
            "BadRequest",
            "The specified profile 'nosuch' could not be found.",
        ),
        (
            id,
            json!({ "profile_id": stack, "name": "m" }),
            400,
            "BadRequest",
            "Cannot update a node to a different profile type, operation aborted.",
        ),
        (id, json!({}), 400, "BadRequest", "No property needs an update."),
        (id, json!({ "name": null, "profile_id": null }), 400, "BadRequest", "No property needs an update."),
        (id, same, 400, "BadRequest", "No property needs an update."),
    ] {
        check::fault(&update(&app, reference, "1.0", &change).await, status, kind, text);
    }
}

#[tokio::test]
async fn one_change_at_a_time_and_none_while_the_node_is_made() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    let orphan = create(&app, ALICE, &json!({ "name": "n", "profile_id": "p" })).await.expect(202);
    let made = orphan.json()["node"]["id"].as_str().unwrap().to_owned();
    let first = update(&app, id, "1.0", &json!({ "name": "m" })).await.expect(202).action();
    for (target, by) in [(id, first), (&made, orphan.action())] {
        let second = update(&app, target, "1.0", &json!({ "name": "o" })).await;
        let text = format!(
            "The NODE_UPDATE action for target {target} conflicts with the following action(s): {by}"
        );
        check::fault(&second, 409, "ActionConflict", &text);
    }
}

#[tokio::test]
async fn another_projects_node_is_not_there() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let body = json!({ "node": { "name": "mine" } });
    let target = format!("/v1/nodes/{}", node["id"].as_str().unwrap());
    assert_eq!(app.patch(&target).by(BOB).json(&body).send().await.status, 404);
}
