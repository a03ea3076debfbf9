//! What is asked of one node, from the request to the end.

use super::{Rows, app, cost, done, profiles};
use crate::nodes::foreign;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

pub(super) async fn add(rows: &mut Rows) {
    // Ready at the first poll.
    let app = &app(0.9).await;
    let profile = profiles(app).await;
    for size in [10, 100] {
        app.cluster(ALICE, &format!("c{size}"), &profile, size).await;
    }
    for (whose, cluster) in [("no cluster", ""), ("a cluster of 10", "c10"), ("a cluster of 100", "c100")] {
        life(app, rows, whose, cluster).await;
    }
    let instance = foreign(app, ALICE.project, 0).await;
    let body = json!({ "identity": instance, "type": "os.nova.server-1.0", "name": "adopted" });
    let adopt = app.post("/v1/nodes/adopt").by(ALICE).at("1.14").json(&body);
    let (_, usage) = cost(app, async { adopt.send().await.expect(200) }).await;
    rows.add("adopt an instance", usage, 1);
}

/// A node is created, worked on and deleted by requests of its own.
async fn life(app: &TestApp, rows: &mut Rows, whose: &str, cluster: &str) {
    let mut add = |what: &str, usage| rows.add(&format!("{what} a node of {whose}"), usage, 1);
    let node = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": cluster } });
    add("create", done(app, app.post("/v1/nodes").json(&node)).await);
    let newest = app.show(ALICE, "/v1/nodes?sort=init_at:desc&limit=1", "nodes").await;
    let target = format!("/v1/nodes/{}", newest[0]["id"].as_str().unwrap());
    let post = |path: &str, body| app.post(&format!("{target}/{path}")).json(&body);
    let update = json!({ "node": { "profile_id": "other" } });
    for (what, ask) in [
        ("check", post("actions", json!({ "check": {} }))),
        ("operate on", post("ops", json!({ "reboot": { "type": "SOFT" } }))),
        ("update", app.patch(&target).json(&update)),
        ("recover", post("actions", json!({ "recover": {} }))),
        ("delete", app.delete(&target)),
    ] {
        add(what, done(app, ask).await);
    }
}
