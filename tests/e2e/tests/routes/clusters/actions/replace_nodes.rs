//! The action `replace_nodes` (spec api-resources I3).

use crate::check;
use crate::clusters::fixtures::{ask, orphan, recorded, stack_profile};
use coppice_domain::node::NodeStatus;
use coppice_e2e::{ALICE, Answer, TestApp};
use serde_json::{Value, json};

async fn replace(app: &TestApp, nodes: &Value) -> Answer {
    ask(app, ALICE, "c", "1.3", &json!({ "replace_nodes": { "nodes": nodes } })).await
}

#[tokio::test]
async fn replacements_are_recorded_by_id() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 2).await;
    let nodes = app.show(ALICE, "/v1/nodes?sort=index", "nodes").await;
    let (one, two) = (nodes[0]["id"].as_str().unwrap(), nodes[1]["id"].as_str().unwrap());
    let first = orphan(&app, ALICE, "n1", &profile, NodeStatus::Active).await;
    let second = orphan(&app, ALICE, "n2", &profile, NodeStatus::Active).await;
    let name = nodes[1]["name"].as_str().unwrap();
    let answer = replace(&app, &json!({ one: "n1", name: second })).await;
    let action = check::accepted(&answer, "1.3");
    assert_eq!(answer.json(), json!({ "action": action }));
    let expected = json!({
        "action": "CLUSTER_REPLACE_NODES", "name": format!("cluster_replace_nodes_{}", &cluster[..8]),
        "inputs": { "candidates": { one: first, two: second } },
    });
    assert_eq!(recorded(&app, ALICE, &action).await, expected);
    app.drain().await;
    let replaced = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    let mut members = check::strings(&replaced["nodes"]);
    members.sort();
    let mut wanted = [first, second];
    wanted.sort();
    assert_eq!(members, wanted);
}

#[tokio::test]
async fn everything_wrong_with_the_pairs_is_said_at_once() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 3).await;
    let members = check::column(&app.show(ALICE, "/v1/nodes?sort=index", "nodes").await, "name");
    orphan(&app, ALICE, "good", &profile, NodeStatus::Active).await;
    orphan(&app, ALICE, "broken", &profile, NodeStatus::Error).await;
    orphan(&app, ALICE, "stack", &stack_profile(&app, ALICE).await, NodeStatus::Active).await;
    let pairs = json!({
        "aaa-lost": "whatever", "good": members[0], &*members[0]: "broken", &*members[1]: "stack",
        &*members[2]: "gone",
    });
    let text = format!(
        "The specified nodes ['good'] to be replaced are not members of the cluster {cluster}.\n\
         Nodes ['{}'] already member of a cluster.\n\
         Nodes are not ACTIVE: ['broken'].\n\
         Profile type of nodes ['stack'] do not match that of the cluster.\n\
         Original nodes not found: ['aaa-lost'].\n\
         Replacement nodes not found: ['gone'].",
        members[0]
    );
    check::fault(&replace(&app, &pairs).await, 400, "BadRequest", &text);
}

#[tokio::test]
async fn pairs_are_a_map_without_repetition_and_the_cluster_comes_after() {
    let app = TestApp::new().await;
    let not_a_map = "The data provided is not a map";
    for (nodes, text) in [
        (json!(null), not_a_map),
        (json!({}), not_a_map),
        (json!(["a"]), not_a_map),
        (json!({ "a": null }), "Field `nodes[a]' cannot be None"),
        (json!({ "a": "x", "b": "x" }), "Map contains duplicated values"),
        (json!({ "a": 1 }), "1 is not of type 'string'"),
    ] {
        check::fault(&replace(&app, &nodes).await, 400, "HTTPBadRequest", text);
    }
    let lost = replace(&app, &json!({ "a": "b" })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'c' could not be found.");
}
