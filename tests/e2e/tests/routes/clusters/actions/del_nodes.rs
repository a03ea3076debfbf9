//! The action `del_nodes` (spec api-resources I2).

use crate::check;
use crate::clusters::fixtures::{ask, orphan, recorded, set};
use coppice_domain::node::NodeStatus;
use coppice_e2e::{ALICE, Answer, TestApp};
use serde_json::{Value, json};

async fn app(size: u64) -> (TestApp, String, Vec<String>) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = json!({ "name": "c", "profile_id": profile, "min_size": 1, "desired_capacity": size });
    let made =
        app.post("/v1/clusters").by(ALICE).json(&json!({ "cluster": cluster })).send().await.expect(202);
    let id = made.json()["cluster"]["id"].as_str().unwrap().to_owned();
    app.drain().await;
    let nodes = check::column(&app.show(ALICE, "/v1/nodes?sort=index", "nodes").await, "id");
    (app, id, nodes)
}

async fn del(app: &TestApp, microversion: &str, data: &Value) -> Answer {
    ask(app, ALICE, "c", microversion, &json!({ "del_nodes": data })).await
}

#[tokio::test]
async fn candidates_are_recorded_by_id_and_from_1_4_on_whether_to_destroy_them() {
    for (microversion, destroy, recorded_as) in [
        ("1.3", Some(json!(true)), None),
        ("1.4", None, Some(json!(false))),
        ("1.14", Some(json!(null)), Some(json!(null))),
        ("1.14", Some(json!(true)), Some(json!(true))),
    ] {
        let (app, cluster, nodes) = app(3).await;
        let mut data = json!({ "nodes": [nodes[2], nodes[0]], "colour": "red" });
        if let Some(destroy) = &destroy {
            data["destroy_after_deletion"] = destroy.clone();
        }
        let answer = del(&app, microversion, &data).await;
        let action = check::accepted(&answer, microversion);
        assert_eq!(answer.json(), json!({ "action": action }));
        let mut inputs = json!({ "candidates": [nodes[2], nodes[0]], "count": 2 });
        if let Some(destroy) = &recorded_as {
            inputs["destroy_after_deletion"] = destroy.clone();
        }
        let expected = json!({
            "action": "CLUSTER_DEL_NODES", "name": format!("cluster_del_nodes_{}", &cluster[..8]),
            "inputs": inputs,
        });
        assert_eq!(recorded(&app, ALICE, &action).await, expected);
        app.drain().await;
        let shrunk = app.show(ALICE, "/v1/clusters/c", "cluster").await;
        assert_eq!((&shrunk["nodes"], &shrunk["desired_capacity"]), (&json!([nodes[1]]), &json!(1)));
        // Unless they are to be destroyed, they go on without a cluster.
        let left = app.show(ALICE, "/v1/nodes", "nodes").await.as_array().unwrap().len();
        assert_eq!(left, if recorded_as == Some(json!(true)) { 1 } else { 3 });
    }
}

#[tokio::test]
async fn only_members_go_and_none_that_others_depend_on() {
    let (app, _, nodes) = app(2).await;
    let profile = app.show(ALICE, "/v1/clusters/c", "cluster").await["profile_id"].clone();
    let stranger = orphan(&app, ALICE, "s", profile.as_str().unwrap(), NodeStatus::Active).await;
    let refused = del(&app, "1.0", &json!({ "nodes": [stranger, "nosuch", nodes[0]] })).await;
    let text =
        format!("Nodes not found: ['nosuch'].\nNodes not members of specified cluster: ['{stranger}'].");
    check::fault(&refused, 400, "BadRequest", &text);

    set(&app, &format!("N#{}", nodes[1]), "dependents", r#"{"nodes":["x"]}"#).await;
    let refused = del(&app, "1.0", &json!({ "nodes": [nodes[1], "nosuch"] })).await;
    let text = format!(
        "The node '['{id}']' cannot be deleted: nodes ['{id}'] are depended by other nodes, so can't be \
         deleted or become orphan nodes.",
        id = nodes[1]
    );
    check::fault(&refused, 409, "ResourceInUse", &text);
}

#[tokio::test]
async fn what_is_wrong_is_reported_in_order() {
    let (app, _, nodes) = app(2).await;
    let none = "Value for 'nodes' must have at least 1 item(s).";
    check::fault(&del(&app, "1.0", &json!({})).await, 400, "HTTPBadRequest", none);
    let data = json!({ "nodes": ["x"], "destroy_after_deletion": "maybe" });
    let text = "Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', \
                'off', 'on', 't', 'true', 'y', 'yes'";
    check::fault(&del(&app, "1.0", &data).await, 400, "HTTPBadRequest", text);
    let text = "The target capacity (0) is less than the cluster's min_size (1).";
    check::fault(&del(&app, "1.0", &json!({ "nodes": nodes })).await, 400, "BadRequest", text);
    let lost = ask(&app, ALICE, "x", "1.0", &json!({ "del_nodes": { "nodes": ["a"] } })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'x' could not be found.");
}
