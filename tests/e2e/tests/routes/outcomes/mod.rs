//! What becomes of accepted requests: the action's end, the nodes, the cluster, the instances.

mod bindings;
mod cancelling;
mod fleet_hooks;
mod hooks;
mod leaks;
mod members;
mod nodes;
mod oddities;
mod placement;
pub(crate) mod policies;
mod references;
mod targets;
mod timeouts;

use coppice_compute::{Filter, Instance, InstanceState, list_all};
use coppice_domain::time::Timestamp;
use coppice_e2e::{ALICE, TestApp};
use serde_json::{Value, json};

/// Makes a node of Alice's, in a cluster or in none, and waits for it; answers with its id.
async fn node(app: &TestApp, cluster: Option<&str>) -> String {
    let mut body = json!({ "name": "n", "profile_id": "p" });
    if let Some(cluster) = cluster {
        body["cluster_id"] = json!(cluster);
    }
    let made = app.post("/v1/nodes").by(ALICE).json(&json!({ "node": body })).send().await.expect(202);
    app.drain().await;
    made.json()["node"]["id"].as_str().unwrap().to_owned()
}

/// Asks for something to be done and sees it through: the action's status and reason.
pub(crate) async fn outcome(app: &TestApp, target: &str, body: &Value) -> (String, String) {
    let answer = app.post(target).by(ALICE).at("1.14").json(body).send().await.expect(202);
    let action = answer.action();
    app.drain().await;
    ended(app, &action).await
}

/// How an action ended.
pub(crate) async fn ended(app: &TestApp, action: &str) -> (String, String) {
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    let text = |key: &str| shown[key].as_str().unwrap().to_owned();
    (text("status"), text("status_reason"))
}

pub(crate) fn succeeded() -> (String, String) {
    ("SUCCEEDED".to_owned(), "Action completed successfully.".to_owned())
}

pub(crate) fn failed(reason: &str) -> (String, String) {
    ("FAILED".to_owned(), reason.to_owned())
}

pub(crate) async fn shown_node(app: &TestApp, id: &str) -> Value {
    app.show(ALICE, &format!("/v1/nodes/{id}"), "node").await
}

pub(crate) async fn shown_cluster(app: &TestApp, id: &str) -> Value {
    app.show(ALICE, &format!("/v1/clusters/{id}"), "cluster").await
}

/// Every instance there is, whoever has it.
async fn instances(app: &TestApp) -> Vec<Instance> {
    let (from, before) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let filter = Filter::Deployment { name: "coppice", from, before };
    list_all(app.system.env.compute.as_ref(), filter).await.unwrap()
}

/// The state of the instance of this id.
async fn state(app: &TestApp, id: &Value) -> Option<InstanceState> {
    let instance = app.system.env.compute.get(id.as_str().unwrap()).await.unwrap();
    instance.map(|instance| instance.state)
}
