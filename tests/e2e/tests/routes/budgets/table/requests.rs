//! What requests cost that are answered at once, or accepted; and what it costs that there are none.

use super::{Rows, app, cost};
use coppice_e2e::{ALICE, TestApp, deletion_policy};
use coppice_engine::reconciler;
use coppice_store::Usage;
use serde_json::{Value, json};
use std::time::Duration;

/// What a request costs until it is answered.
async fn asked(app: &TestApp, target: &str, body: &Value) -> Usage {
    let ask = app.post(target).by(ALICE).at("1.14").json(body);
    cost(app, async { ask.send().await.expect(202) }).await.1
}

pub(super) async fn add(rows: &mut Rows) {
    let app = app(0.9).await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = json!({ "cluster": { "name": "c", "profile_id": profile, "desired_capacity": 100 } });
    rows.add("accept a cluster", asked(&app, "/v1/clusters", &cluster).await, 1);
    app.drain().await;
    let id = app.show(ALICE, "/v1/clusters/c", "cluster").await["id"].as_str().unwrap().to_owned();
    let actions = format!("/v1/clusters/{id}/actions");
    let policy = app.policy(ALICE, "del", &deletion_policy()).await;
    let attach = json!({ "policy_attach": { "policy_id": policy } });
    let (_, usage) = cost(&app, async {
        asked(&app, &actions, &attach).await;
        app.drain().await
    })
    .await;
    rows.add("attach a policy, from request to end", usage, 1);
    rows.add(
        "accept a scaling of a cluster with a policy",
        asked(&app, &actions, &json!({ "scale_in": {} })).await,
        1,
    );
    app.drain().await;
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 100 } });
    rows.add("accept a resize", asked(&app, &actions, &resize).await, 1);
    app.drain().await;
    let reboot = json!({ "reboot": { "type": "SOFT" } });
    let operate = asked(&app, &format!("/v1/clusters/{id}/ops"), &reboot).await;
    rows.add("accept an operation on 100 nodes", operate, 1);
    app.drain().await;
    let node = json!({ "node": { "name": "n", "profile_id": profile, "cluster_id": id } });
    rows.add("accept a node of a cluster", asked(&app, "/v1/nodes", &node).await, 1);
    app.drain().await;
    let show = app.get(&format!("/v1/clusters/{id}")).by(ALICE);
    rows.add("show a cluster of 101 nodes by id", cost(&app, show.send()).await.1, 1);
    for number in 0..40 {
        app.cluster(ALICE, &format!("c{number}"), &profile, 0).await;
    }
    let page = app.get("/v1/clusters?limit=20").by(ALICE);
    rows.add("a page of 20 of 41 clusters", cost(&app, page.send()).await.1, 1);
}

pub(super) async fn idle(rows: &mut Rows) {
    let app = app(0.0).await;
    let profile = app.profile(ALICE, "p").await;
    for number in 0..20 {
        app.cluster(ALICE, &format!("c{number}"), &profile, 1).await;
    }
    app.clock.advance(Duration::from_secs(24 * 3600));
    reconciler::run(&app.system.worker).await.unwrap();
    let (_, usage) = cost(&app, async {
        for _ in 0..60 {
            app.clock.advance(Duration::from_secs(60));
            reconciler::run(&app.system.worker).await.unwrap();
        }
    })
    .await;
    rows.add("an hour in which nothing happens, however many clusters", usage, 1);
}
