//! What a node costs that comes, goes or is worked on by an action of its cluster, from the request to the end.

use super::{Rows, app, cost, done, profiles};
use coppice_e2e::{ALICE, Ask, TestApp};
use coppice_store::Usage;
use serde_json::{Value, json};

/// A cluster, and how many nodes it has.
struct Cluster<'a> {
    app: &'a TestApp,
    target: String,
    size: u32,
}

impl<'a> Cluster<'a> {
    /// Makes one; answers with what that cost, too.
    async fn make(app: &'a TestApp, name: &str, profile: &str, size: u32) -> (Self, Usage) {
        let (id, usage) = cost(app, app.cluster(ALICE, name, profile, u64::from(size))).await;
        (Self { app, target: format!("/v1/clusters/{id}"), size }, usage)
    }

    /// Asks for one of its actions.
    fn action(&self, body: &Value) -> Ask<'a> {
        self.app.post(&format!("{}/actions", self.target)).json(body)
    }

    fn add(&self, rows: &mut Rows, what: &str, usage: Usage) {
        rows.add(&format!("a node {what}, of {}", self.size), usage, self.size);
    }

    /// Sees a request through, and adds what that costs for each of the nodes.
    async fn count(&self, rows: &mut Rows, what: &str, ask: Ask<'_>) {
        self.add(rows, what, done(self.app, ask).await);
    }

    async fn members(&self) -> Value {
        let shown = self.app.show(ALICE, &self.target, "cluster").await["nodes"].take();
        assert_eq!(shown.as_array().unwrap().len(), self.size as usize);
        shown
    }

    /// Its nodes, and the request that takes all of them out.
    async fn emptied(&self) -> (Value, Ask<'a>) {
        let members = self.members().await;
        let ask = self.action(&json!({ "del_nodes": { "nodes": members } }));
        (members, ask)
    }
}

pub(super) async fn add(rows: &mut Rows, size: u32) {
    // Ready at the first poll.
    let app = &app(0.9).await;
    let profile = profiles(app).await;
    Cluster::make(app, "first", &profile, 0).await;
    let (cluster, usage) = Cluster::make(app, "c", &profile, size).await;
    cluster.add(rows, "created", usage);
    let check = json!({ "check": {} });
    cluster.count(rows, "checked", cluster.action(&check)).await;
    let reboot = json!({ "reboot": { "type": "SOFT" } });
    cluster.count(rows, "operated on", app.post(&format!("{}/ops", cluster.target)).json(&reboot)).await;
    let update = json!({ "cluster": { "profile_id": "other" } });
    cluster.count(rows, "given another profile", app.patch(&cluster.target).json(&update)).await;
    vanish(app).await;
    done(app, cluster.action(&check)).await;
    let recover = json!({ "recover": { "operation": "RECREATE" } });
    cluster.count(rows, "recovered", cluster.action(&recover)).await;
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 0 } });
    cluster.count(rows, "deleted", cluster.action(&resize)).await;
    moved(rows, app, &profile, size).await;
}

/// Nodes leave and join without being made or deleted.
async fn moved(rows: &mut Rows, app: &TestApp, profile: &str, size: u32) {
    let (cluster, _) = Cluster::make(app, "d", profile, size).await;
    let (old, leave) = cluster.emptied().await;
    cluster.count(rows, "taken out", leave).await;
    cluster.count(rows, "added", cluster.action(&json!({ "add_nodes": { "nodes": old } }))).await;
    let (others, _) = Cluster::make(app, "e", profile, size).await;
    let (new, leave) = others.emptied().await;
    done(app, leave).await;
    let ids = |list: &Value| list.as_array().unwrap().clone();
    let pairs: Value = ids(&old).iter().map(|id| id.as_str().unwrap().to_owned()).zip(ids(&new)).collect();
    let replace = json!({ "replace_nodes": { "nodes": pairs } });
    cluster.count(rows, "replaced", cluster.action(&replace)).await;
}

/// Has all instances vanish behind the service's back.
async fn vanish(app: &TestApp) {
    let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
    for node in nodes.as_array().unwrap() {
        app.system.env.compute.delete(node["physical_id"].as_str().unwrap()).await.unwrap();
    }
}
