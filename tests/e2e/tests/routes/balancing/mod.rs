//! Clusters behind load balancers: what stands in front of them, and which of their nodes serve (spec
//! engine-policies §6).

mod attaching;
mod detaching;
mod failing;
mod members;
mod moody;

use crate::outcomes::policies::members as nodes;
use crate::outcomes::{ended, failed, outcome, shown_cluster, succeeded};
use coppice_compute::balancer::{Part, PartFilter, PartKind, list_parts};
use coppice_compute::simulated::SimulatedConfig;
use coppice_compute::simulated::balancer::{BalancerConfig, ExistingBalancer};
use coppice_domain::time::Timestamp;
use coppice_e2e::{ALICE, TestApp};
use coppice_local::system::Options;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Where actions on the cluster are asked for.
const TARGET: &str = "/v1/clusters/c/actions";

/// A cluster of so many nodes, and a policy that would put it behind a balancer of this service.
async fn ready(size: u64, balancer: BalancerConfig) -> TestApp {
    let simulated = SimulatedConfig { balancer, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, size).await;
    app
}

/// A service that takes its time: a balancer is busy for some seconds after every change.
fn slow() -> BalancerConfig {
    BalancerConfig { provision_seconds: 40.0, change_seconds: 5.0, delete_seconds: 3.0, ..Default::default() }
}

/// A service in which users have something already.
fn with_existing() -> BalancerConfig {
    let existing = ExistingBalancer {
        id: "theirs".to_owned(),
        name: "mine".to_owned(),
        pools: vec!["pool-1".to_owned()],
    };
    BalancerConfig { existing: vec![existing], ..slow() }
}

fn spec(properties: &Value) -> Value {
    let mut all = json!({
        "pool": { "subnet": "private", "protocol_port": 8080 },
        "vip": { "subnet": "public" },
        "health_monitor": { "type": "HTTP" },
    });
    for (key, value) in properties.as_object().unwrap() {
        all[key] = value.clone();
    }
    json!({ "type": "senlin.policy.loadbalance", "version": "1.3", "properties": all })
}

/// Makes the policy `lb` with these properties, and asks for it to be attached: how that ends.
async fn attach(app: &TestApp, properties: &Value) -> (String, String) {
    app.policy(ALICE, "lb", &spec(properties)).await;
    act(app, &json!({ "policy_attach": { "policy_id": "lb" } })).await
}

/// Asks for something to be done and sees it through: the action's status and reason.
async fn act(app: &TestApp, body: &Value) -> (String, String) {
    outcome(app, TARGET, body).await
}

async fn cluster(app: &TestApp) -> Value {
    shown_cluster(app, "c").await
}

/// The id of the pool.
async fn pool_of(app: &TestApp) -> String {
    kept(app).await["pool"].as_str().unwrap().to_owned()
}

/// A cluster of so many nodes behind a balancer, and the balancer's pool.
async fn fronted(size: u64, balancer: BalancerConfig) -> (TestApp, String) {
    let app = ready(size, balancer).await;
    assert_eq!(attach(&app, &json!({})).await, succeeded());
    let pool = pool_of(&app).await;
    (app, pool)
}

/// What the binding keeps.
async fn kept(app: &TestApp) -> Value {
    let bindings = app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await;
    bindings[0]["data"]["LoadBalancingPolicy"]["data"].clone()
}

/// Every part that this deployment has made, but members.
async fn parts(app: &TestApp) -> Vec<Part> {
    let (from, before) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let filter = PartFilter::Deployment { name: "coppice", from, before };
    let mut parts = list_parts(app.system.env.balancer.as_ref(), filter).await.unwrap();
    parts.sort_by_key(|part| std::cmp::Reverse(part.kind));
    parts
}

/// The members of a pool.
async fn members(app: &TestApp, pool: &str) -> Vec<Part> {
    list_parts(app.system.env.balancer.as_ref(), PartFilter::Members(pool)).await.unwrap()
}

/// Asserts that the members of this pool are the active members of the cluster, each once, and that each node
/// knows which it is.
async fn serves(app: &TestApp, pool: &str) {
    let members: Vec<(String, String)> = members(app, pool)
        .await
        .into_iter()
        .inspect(|part| assert_eq!(part.kind, PartKind::Member))
        .map(|part| (part.instance.unwrap(), part.id))
        .collect();
    let nodes = nodes(app).await;
    let active = nodes.iter().filter(|node| node["status"] == "ACTIVE");
    let expected: BTreeSet<(String, String)> = active
        .map(|node| {
            let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
            (text(&node["physical_id"]), text(&node["data"]["lb_member"]))
        })
        .collect();
    assert_eq!(members.len(), expected.len(), "{members:?} of {expected:?}");
    assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), expected);
}
