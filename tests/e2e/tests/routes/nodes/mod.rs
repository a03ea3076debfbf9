//! `/v1/nodes` (spec api-resources L).

mod actions;
mod adopt;
mod adopt_preview;
mod create;
mod delete;
mod list;
mod ops;
mod show;
mod update;

use coppice_compute::testing::request;
use coppice_domain::cluster::JsonMap;
use coppice_e2e::{ALICE, Answer, Person, TestApp, spec};
use serde_json::{Value, json};

/// The keys of a node, as they are shown from 1.13 on.
const KEYS: [&str; 20] = [
    "cluster_id",
    "created_at",
    "data",
    "dependents",
    "domain",
    "id",
    "index",
    "init_at",
    "metadata",
    "name",
    "physical_id",
    "profile_id",
    "profile_name",
    "project",
    "role",
    "status",
    "status_reason",
    "tainted",
    "updated_at",
    "user",
];

/// A cluster `c` of Alice's with one node, made from profile `p`: the cluster's id, and the node.
async fn member(app: &TestApp) -> (String, Value) {
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let node = app.show(ALICE, "/v1/nodes", "nodes").await[0].take();
    (cluster, node)
}

/// A profile of another type, named `stack`.
async fn stack(app: &TestApp) -> String {
    let spec = json!({
        "type": "os.heat.stack", "version": "1.0", "properties": { "template_url": "http://template" },
    });
    let body = json!({ "profile": { "name": "stack", "spec": spec } });
    let made = app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    made.json()["profile"]["id"].as_str().unwrap().to_owned()
}

async fn create(app: &TestApp, person: Person, node: &Value) -> Answer {
    app.post("/v1/nodes").by(person).at("1.14").json(&json!({ "node": node })).send().await
}

/// What is asked of a new node's or a node's action: kind, name, target, cluster and inputs.
async fn asked(app: &TestApp, action: &str) -> Value {
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(shown["cause"], "RPC Request");
    json!({
        "action": shown["action"], "name": shown["name"], "target": shown["target"],
        "cluster_id": shown["cluster_id"], "inputs": shown["inputs"],
    })
}

/// An instance in the simulated cloud that another deployment made for this project, by its id.
pub(crate) async fn foreign(app: &TestApp, project: &str, index: u64) -> String {
    let mut request = request(77, index);
    request.tags.deployment = "another deployment".to_owned();
    request.tags.project = project.to_owned();
    request.spec = spec()["properties"].as_object().cloned().unwrap_or_else(JsonMap::new);
    request.metadata = json!({ "own": "mark", "cluster_id": "another's" }).as_object().cloned().unwrap();
    app.system.env.compute.create(&request).await.unwrap().id
}
