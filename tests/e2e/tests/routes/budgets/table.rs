//! The table of costs in ARCHITECTURE.md, counted anew: it cannot go stale. With `COPPICE_REWRITE=1` it is
//! written.

use super::cost;
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ALICE, TestApp, deletion_policy, spec};
use coppice_engine::reconciler;
use coppice_local::system::Options;
use coppice_store::Usage;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const BEGIN: &str = "<!-- costs: counted by tests/e2e, do not edit -->\n";
const END: &str = "<!-- end of costs -->\n";

/// The rows, as they are written.
#[derive(Default)]
struct Rows(Vec<String>);

impl Rows {
    fn add(&mut self, what: &str, usage: Usage, per: u32) {
        let each = |total: f64| total / f64::from(per);
        let requests = each(f64::from(u32::try_from(usage.requests).unwrap()));
        let figure = |value: f64| {
            let text = format!("{value:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let cells = [requests, each(usage.write_units), each(usage.read_units)].map(figure);
        self.0.push(format!("| {what} | {} |", cells.join(" | ")));
    }
}

async fn app(build_seconds: f64) -> TestApp {
    let simulated = SimulatedConfig { build_seconds, ..SimulatedConfig::default() };
    TestApp::with(Options { simulated, ..Options::default() }).await
}

/// What a request costs until it is answered.
async fn asked(app: &TestApp, target: &str, body: &Value) -> Usage {
    let ask = app.post(target).by(ALICE).at("1.14").json(body);
    cost(app, async { ask.send().await.expect(202) }).await.1
}

async fn requests(rows: &mut Rows) {
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

async fn nodes(rows: &mut Rows, size: u32) {
    // Ready at the first poll.
    let app = app(0.9).await;
    let profile = app.profile(ALICE, "p").await;
    let mut other = spec();
    other["properties"]["flavor"] = json!("2");
    let body = json!({ "profile": { "name": "other", "spec": other } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    app.cluster(ALICE, "first", &profile, 0).await;
    let (cluster, usage) = cost(&app, app.cluster(ALICE, "c", &profile, u64::from(size))).await;
    rows.add(&format!("a node created, of {size}"), usage, size);
    let (_, usage) = cost(&app, async {
        app.act(ALICE, &cluster, &json!({ "check": {} })).await;
        app.drain().await
    })
    .await;
    rows.add(&format!("a node checked, of {size}"), usage, size);
    let (_, usage) = cost(&app, async {
        let update = json!({ "cluster": { "profile_id": "other" } });
        app.patch(&format!("/v1/clusters/{cluster}")).by(ALICE).json(&update).send().await.expect(202);
        app.drain().await
    })
    .await;
    rows.add(&format!("a node given another profile, of {size}"), usage, size);
    let (_, usage) = cost(&app, async {
        let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 0 } });
        app.act(ALICE, &cluster, &resize).await;
        app.drain().await
    })
    .await;
    rows.add(&format!("a node deleted, of {size}"), usage, size);
}

async fn idle(rows: &mut Rows) {
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

#[tokio::test]
async fn the_table_of_costs_is_what_is_counted() {
    let mut rows = Rows::default();
    requests(&mut rows).await;
    for size in [10, 100] {
        nodes(&mut rows, size).await;
    }
    idle(&mut rows).await;
    let head = "| what | requests | write units | read units |\n|---|---|---|---|\n";
    let counted = format!("{head}{}\n", rows.0.join("\n"));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ARCHITECTURE.md");
    let document = fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).expect("ARCHITECTURE.md has a table of costs");
    let (written, after) = rest.split_once(END).expect("the table of costs ends");
    if option_env!("COPPICE_REWRITE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{counted}{END}{after}")).unwrap();
        return;
    }
    let again = "COPPICE_REWRITE=1 cargo test -p coppice-e2e the_table_of_costs";
    assert_eq!(written, counted, "costs have changed; if that is meant to be: {again}");
}
