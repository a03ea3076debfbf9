//! `POST /v1/clusters/{id}/ops` (spec api-resources J1).

use crate::check;
use crate::clusters::fixtures::{recorded, set};
use coppice_e2e::{ALICE, Answer, BOB, TestApp};
use serde_json::{Value, json};

async fn operate(app: &TestApp, cluster: &str, body: &Value) -> Answer {
    app.post(&format!("/v1/clusters/{cluster}/ops")).by(ALICE).at("1.4").json(body).send().await
}

/// A cluster `c`, its id, and its nodes by index.
async fn app(size: u64) -> (TestApp, String, Value) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, size).await;
    let nodes = app.show(ALICE, "/v1/nodes?sort=index", "nodes").await;
    (app, cluster, nodes)
}

#[tokio::test]
async fn an_operation_is_recorded_with_the_nodes_it_is_for() {
    let (app, cluster, nodes) = app(2).await;
    let ids = check::column(&nodes, "id");
    for (data, params) in [
        (json!({ "params": { "type": "SOFT" }, "filters": {} }), json!({ "type": "SOFT" })),
        (json!({}), json!({})),
        (json!({ "params": null, "filters": null }), json!({})),
        // Parameters belong under `params`; beside it they are not seen.
        (json!({ "type": "SOFT" }), json!({})),
    ] {
        let answer = operate(&app, "c", &json!({ "reboot": data })).await;
        let action = check::accepted(&answer, "1.4");
        assert_eq!(answer.json(), json!({ "action": action }));
        let expected = json!({
            "action": "CLUSTER_OPERATION", "name": format!("cluster_reboot_{}", &cluster[..8]),
            "inputs": { "operation": "reboot", "params": params, "nodes": ids },
        });
        assert_eq!(recorded(&app, ALICE, &action).await, expected);
        app.drain().await;
    }
}

#[tokio::test]
async fn filters_choose_the_nodes() {
    let (app, _, nodes) = app(3).await;
    let ids = check::column(&nodes, "id");
    set(&app, &format!("N#{}", ids[1]), "role", "db").await;
    for (filters, chosen) in [
        (json!({ "name": nodes[2]["name"] }), vec![&ids[2]]),
        (json!({ "name": [nodes[2]["name"], nodes[0]["name"], "x"] }), vec![&ids[0], &ids[2]]),
        (json!({ "status": "ACTIVE", "role": "db" }), vec![&ids[1]]),
        (json!({ "profile_id": nodes[0]["profile_id"] }), ids.iter().collect()),
    ] {
        let answer = operate(&app, "c", &json!({ "pause": { "filters": filters } })).await;
        let action = check::accepted(&answer, "1.4");
        assert_eq!(recorded(&app, ALICE, &action).await["inputs"]["nodes"], json!(chosen), "{filters}");
        app.drain().await;
    }
    let none = operate(&app, "c", &json!({ "pause": { "filters": { "status": "ERROR" } } })).await;
    check::fault(&none, 400, "BadRequest", "No node (matching the filter) could be found.");
}

#[tokio::test]
async fn what_is_wrong_is_reported_in_order() {
    let (app, _, _) = app(1).await;
    let generic = coppice_domain::fault::MALFORMED;
    let ask = || app.post("/v1/clusters/c/ops").by(ALICE).at("1.4");
    check::fault(&ask().send().await, 400, "HTTPBadRequest", "No operation specified");
    for (body, kind, text) in [
        (json!({}), "HTTPBadRequest", "No operation specified"),
        (json!({ "reboot": {}, "pause": {} }), "HTTPBadRequest", "Multiple operations specified"),
        (json!({ "dance": null }), "HTTPBadRequest", "The data provided is not a map"),
        (json!({ "dance": { "params": [] } }), "HTTPBadRequest", "[] is not of type 'object', 'null'"),
        (json!({ "dance": { "filters": "x" } }), "HTTPBadRequest", "The value (x) is not a valid JSON."),
        (
            json!({ "dance": { "params": { "a": 1 }, "filters": { "a": 1 } } }),
            "BadRequest",
            "The requested operation 'dance' is not supported by the profile type 'os.nova.server-1.0'.",
        ),
        (
            json!({ "reboot": { "params": { "type": "MEDIUM" }, "filters": { "a": 1 } } }),
            "BadRequest",
            "'MEDIUM' must be one of the allowed values: SOFT, HARD.",
        ),
        (json!({ "pause": { "params": { "a": 1 } } }), "HTTPBadRequest", generic),
        (
            json!({ "pause": { "filters": { "b": 1, "a": 1, "name": "none" } } }),
            "BadRequest",
            "Filter key 'a' is unsupported\nFilter key 'b' is unsupported.",
        ),
    ] {
        check::fault(&operate(&app, "c", &body).await, 400, kind, text);
    }
    let lost = operate(&app, "x", &json!({ "dance": {} })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'x' could not be found.");
    let foreign = app.post("/v1/clusters/c/ops").by(BOB).at("1.4").json(&json!({ "pause": {} })).send().await;
    check::fault(&foreign, 404, "ResourceNotFound", "The cluster 'c' could not be found.");
}

#[tokio::test]
async fn an_empty_cluster_and_a_busy_one_are_refused() {
    let (app, cluster, _) = app(0).await;
    let none = operate(&app, "c", &json!({ "reboot": {} })).await;
    check::fault(&none, 400, "BadRequest", "No node (matching the filter) could be found.");
    app.act(ALICE, "c", &json!({ "scale_out": {} })).await;
    app.drain().await;
    let first = operate(&app, "c", &json!({ "reboot": {} })).await.expect(202).action();
    let text = format!(
        "The CLUSTER_OPERATION action for target {cluster} conflicts with the following action(s): {first}"
    );
    check::fault(&operate(&app, "c", &json!({ "pause": {} })).await, 409, "ActionConflict", &text);
}

#[tokio::test]
async fn operations_exist_from_1_4_on() {
    let app = TestApp::new().await;
    let old = app.post("/v1/clusters/c/ops").by(ALICE).at("1.3").send().await;
    let text = "API version '1.3' is not supported on this method.";
    check::fault(&old, 400, "MethodVersionNotFound", text);
    assert_eq!(app.get("/v1/clusters/c/ops").by(ALICE).at("1.4").send().await.status, 404);
}
