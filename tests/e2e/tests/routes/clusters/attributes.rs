//! `GET /v1/clusters/{id}/attrs/{path}` (spec api-resources J2).

use crate::check;
use crate::clusters::fixtures::set;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, TestApp};
use serde_json::{Value, json};

async fn collect(app: &TestApp, cluster: &str, path: &str) -> Answer {
    app.get(&format!("/v1/clusters/{cluster}/attrs/{path}")).by(ALICE).at("1.2").send().await
}

/// A cluster `c`, and its nodes by index.
async fn app(size: u64) -> (TestApp, Value) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, size).await;
    let nodes = app.show(ALICE, "/v1/nodes?sort=index", "nodes").await;
    (app, nodes)
}

/// What is expected of these nodes.
fn values<'a>(nodes: impl IntoIterator<Item = (&'a Value, Value)>) -> Value {
    let items = nodes.into_iter().map(|(node, value)| json!({ "id": node["id"], "value": value }));
    json!({ "cluster_attributes": items.collect::<Vec<_>>() })
}

#[tokio::test]
async fn the_first_match_of_each_node_is_shown() {
    let (app, nodes) = app(3).await;
    let nodes = nodes.as_array().unwrap();
    let each = |key: &str| values(nodes.iter().map(|node| (node, node[key].clone())));
    for (path, expected) in [
        ("$.name", each("name")),
        ("name", each("name")),
        ("%20name%20", each("name")),
        ("profile_name,status", each("profile_name")),
        // At every microversion, unlike in the node's own representation.
        ("tainted", each("tainted")),
        ("nosuch", values([])),
    ] {
        let answer = collect(&app, "c", path).await;
        check::resource(&answer, 200, "1.2");
        assert_eq!(answer.json(), expected, "{path}");
    }
}

#[tokio::test]
async fn nodes_without_a_match_are_left_out() {
    let (app, nodes) = app(2).await;
    set(&app, &format!("N#{}", nodes[1]["id"].as_str().unwrap()), "metadata", r#"{"a": [7, 8]}"#).await;
    for (path, value) in
        [("metadata.a%5B1%5D", json!(8)), ("metadata.a%5B*%5D", json!(7)), ("$..a", json!([7, 8]))]
    {
        let answer = collect(&app, "c", path).await.expect(200);
        assert_eq!(answer.json(), values([(&nodes[1], value)]), "{path}");
    }
}

#[tokio::test]
async fn a_path_that_speaks_of_details_sees_what_the_backend_knows() {
    let (app, nodes) = app(2).await;
    let mut expected = Vec::new();
    for node in nodes.as_array().unwrap() {
        let target = format!("/v1/nodes/{}?show_details=true", node["id"].as_str().unwrap());
        expected.push((node, app.show(ALICE, &target, "node").await["details"].clone()));
    }
    let answer = collect(&app, "c", "$.details").await.expect(200);
    assert_eq!(answer.json(), values(expected.iter().map(|(node, details)| (*node, details.clone()))));
    let ids = collect(&app, "c", "$.details.id").await.expect(200);
    assert_eq!(ids.json(), values(expected.iter().map(|(node, _)| (*node, node["physical_id"].clone()))));
}

#[tokio::test]
async fn the_path_is_looked_at_before_the_cluster() {
    let (app, _) = app(1).await;
    let missing = "Required path attribute is missing.";
    for (path, kind, text) in [
        ("%20", "HTTPBadRequest", missing),
        ("None", "HTTPBadRequest", missing),
        ("a%20b", "BadRequest", "Invalid attribute path - 2 near token b (ID)."),
        ("$.%5B", "BadRequest", "Invalid attribute path - incomplete."),
    ] {
        for cluster in ["c", "nosuch"] {
            check::fault(&collect(&app, cluster, path).await, 400, kind, text);
        }
    }
    let lost = collect(&app, "nosuch", "name").await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'nosuch' could not be found.");
    check::bare(&collect(&app, "c", "a/b").await, 404);
    check::bare(&collect(&app, "c", "a%2Fb").await, 404);
}

#[tokio::test]
async fn attributes_exist_from_1_2_on_and_within_the_project() {
    let (app, nodes) = app(1).await;
    let ask = |person| app.get("/v1/clusters/c/attrs/$.name").by(person);
    let old = ask(ALICE).send().await;
    let text = "API version '1.0' is not supported on this method.";
    check::fault(&old, 400, "MethodVersionNotFound", text);
    check::fault(
        &ask(BOB).at("1.2").send().await,
        404,
        "ResourceNotFound",
        "The cluster 'c' could not be found.",
    );
    let by_admin = ask(ADMIN).at("1.14").send().await;
    check::resource(&by_admin, 200, "1.14");
    assert_eq!(by_admin.json(), values([(&nodes[0], nodes[0]["name"].clone())]));
    let with_body = ask(ALICE).at("1.2").json(&json!({ "a": 1 })).send().await;
    assert_eq!(with_body.status, 400);
}
