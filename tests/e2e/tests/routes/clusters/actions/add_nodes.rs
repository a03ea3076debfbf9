//! The action `add_nodes` (spec api-resources I1).

use crate::check;
use crate::clusters::fixtures::{ask, orphan, recorded, stack_profile};
use coppice_domain::node::NodeStatus;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};

const ACTIVE: NodeStatus = NodeStatus::Active;

async fn add(app: &TestApp, nodes: &Value) -> Answer {
    ask(app, ALICE, "c", "1.0", &json!({ "add_nodes": { "nodes": nodes, "colour": "red" } })).await
}

#[tokio::test]
async fn nodes_are_named_in_any_way_and_recorded_by_id() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let one = orphan(&app, ALICE, "n1", &profile, ACTIVE).await;
    let two = orphan(&app, ALICE, "n2", &profile, ACTIVE).await;
    let three = orphan(&app, ALICE, "n3", &profile, ACTIVE).await;
    let answer = add(&app, &json!([one, "n2", three[..13], one[..13]])).await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(answer.json(), json!({ "action": action }));
    let expected = json!({
        "action": "CLUSTER_ADD_NODES", "name": format!("cluster_add_nodes_{}", &cluster[..8]),
        "inputs": { "nodes": [one, two, three] },
    });
    assert_eq!(recorded(&app, ALICE, &action).await, expected);
    let again = add(&app, &json!([one])).await;
    let text = format!(
        "The CLUSTER_ADD_NODES action for target {cluster} conflicts with the following action(s): {action}"
    );
    check::fault(&again, 409, "ActionConflict", &text);
    app.drain().await;
    let grown = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!((&grown["status"], &grown["desired_capacity"]), (&json!("ACTIVE"), &json!(4)));
    assert_eq!(grown["nodes"].as_array().unwrap()[1..], [json!(one), json!(two), json!(three)]);
}

#[tokio::test]
async fn a_cluster_takes_active_nodes_of_its_type_that_are_in_no_cluster() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    let member = app.show(ALICE, "/v1/nodes", "nodes").await[0]["id"].clone();
    let broken = orphan(&app, ALICE, "broken", &profile, NodeStatus::Error).await;
    let stack = orphan(&app, ALICE, "stack", &stack_profile(&app, ALICE).await, NodeStatus::Error).await;
    // Of another profile, but of the same type.
    let other = orphan(&app, ALICE, "other", &app.profile(ALICE, "q").await, ACTIVE).await;
    let foreign = orphan(&app, BOB, "foreign", &app.profile(BOB, "p").await, ACTIVE).await;
    for name in ["twin", "twin"] {
        orphan(&app, ALICE, name, &profile, ACTIVE).await;
    }
    for (nodes, text) in [
        (json!(["nosuch"]), "Nodes not found: ['nosuch'].".to_owned()),
        (json!([member]), format!("Nodes ['{}'] already owned by some cluster.", member.as_str().unwrap())),
        (
            json!(["nosuch", "broken", member, stack, "twin", foreign, other]),
            format!(
                "Profile type of nodes ['{stack}'] does not match that of the cluster.\n\
                 Nodes ['{}'] already owned by some cluster.\n\
                 Nodes are not ACTIVE: ['{broken}', '{stack}'].\n\
                 Nodes not found: ['nosuch', 'twin', '{foreign}'].",
                member.as_str().unwrap()
            ),
        ),
    ] {
        check::fault(&add(&app, &nodes).await, 400, "BadRequest", &text);
    }
    check::accepted(&add(&app, &json!([other])).await, "1.0");
}

#[tokio::test]
async fn nodes_are_a_list_of_different_identities_and_the_cluster_comes_after() {
    let app = TestApp::new().await;
    let none = "Value for 'nodes' must have at least 1 item(s).";
    for (nodes, text) in [
        (json!(null), none),
        (json!([]), none),
        (json!("n1"), "'n1' is not of type 'array'"),
        (json!(["a", "a"]), "Items for 'nodes' must be unique"),
        (json!(["a", null]), "Field `nodes[1]' cannot be None"),
        (json!([1]), "1 is not of type 'string'"),
    ] {
        check::fault(&add(&app, &nodes).await, 400, "HTTPBadRequest", text);
    }
    let lost = add(&app, &json!(["a"])).await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'c' could not be found.");
}

#[tokio::test]
async fn a_cluster_grows_to_its_limit_and_no_further() {
    let settings = Settings { max_nodes_per_cluster: 4, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = json!({ "name": "c", "profile_id": profile, "desired_capacity": 1, "max_size": 2 });
    app.post("/v1/clusters").by(ALICE).json(&json!({ "cluster": cluster })).send().await.expect(202);
    app.drain().await;
    for name in ["a", "b", "d", "e"] {
        orphan(&app, ALICE, name, &profile, ACTIVE).await;
    }
    let text = "The target capacity (3) is greater than the cluster's max_size (2).";
    check::fault(&add(&app, &json!(["a", "b"])).await, 400, "BadRequest", text);
    let text = "The target capacity (5) is greater than the maximum number of nodes allowed per cluster (4).";
    check::fault(&add(&app, &json!(["a", "b", "d", "e"])).await, 400, "BadRequest", text);
    let text = "Request limit exceeded: 5 nodes are named, and a cluster may have 4.";
    let many = add(&app, &json!(["a", "b", "d", "e", "f"])).await;
    check::fault(&many, 400, "RequestLimitExceeded", text);
    check::accepted(&add(&app, &json!(["a"])).await, "1.0");
}

#[tokio::test]
async fn an_administrator_reaches_everyones_nodes() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 0).await;
    let node = orphan(&app, ALICE, "n", &profile, ACTIVE).await;
    let body = json!({ "add_nodes": { "nodes": ["n"] } });
    let answer = ask(&app, ADMIN, &cluster, "1.0", &body).await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(recorded(&app, ADMIN, &action).await["inputs"], json!({ "nodes": [node] }));
}

#[tokio::test]
async fn a_cluster_takes_nodes_of_its_own_project_only_whoever_asks() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let member = app.show(ALICE, "/v1/nodes", "nodes").await[0]["id"].take();
    let theirs = orphan(&app, BOB, "n", &app.profile(BOB, "p").await, ACTIVE).await;
    let before = app.items().await;
    for (microversion, body, text) in [
        ("1.0", json!({ "add_nodes": { "nodes": [theirs] } }), "Nodes not found"),
        ("1.0", json!({ "add_nodes": { "nodes": ["n"] } }), "Nodes not found"),
        ("1.0", json!({ "del_nodes": { "nodes": [theirs] } }), "Nodes not found"),
        (
            "1.3",
            json!({ "replace_nodes": { "nodes": { member.as_str().unwrap(): theirs } } }),
            "Replacement nodes not found",
        ),
    ] {
        let given = if body.to_string().contains(&theirs) { theirs.as_str() } else { "n" };
        let answer = ask(&app, ADMIN, &cluster, microversion, &body).await;
        check::fault(&answer, 400, "BadRequest", &format!("{text}: ['{given}']."));
    }
    assert_eq!(app.items().await, before);
    // Where names are shared, the cluster's project decides.
    let own = orphan(&app, ALICE, "n", &profile, ACTIVE).await;
    let answer = ask(&app, ADMIN, &cluster, "1.0", &json!({ "add_nodes": { "nodes": ["n"] } })).await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(recorded(&app, ADMIN, &action).await["inputs"], json!({ "nodes": [own] }));
}
