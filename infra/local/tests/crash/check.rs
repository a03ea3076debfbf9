//! What must be true in the end: the cluster is ACTIVE with exactly 30 nodes, and 30 instances exist, each
//! claimed by exactly one of them.

use crate::Outcome;
use crate::server::{Client, SETTINGS};
use crate::story::{AFTER, Template, list};
use coppice_compute::{Filter, Instance, list_all};
use coppice_domain::time::Timestamp;
use coppice_engine::{Settings, reconciler};
use coppice_local::services::Services;
use coppice_local::system::{Options, System};
use coppice_runtime::config::Overrides;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tokio::time::interval;

/// Which node claims which instance.
pub(crate) type Claims = BTreeMap<String, String>;

/// Runs of the reconciler that a leak may survive: it leaves instances alone until lists must show them.
const SWEEPS: usize = 40;
/// Between two of them.
const SWEEP_EVERY: Duration = Duration::from_millis(250);

/// Checks what the API shows, and answers with the instances that its nodes claim.
pub(crate) async fn shown(client: &Client, template: &Template) -> Outcome<Claims> {
    let token = &template.token;
    let cluster = client.get(token, &format!("/v1/clusters/{}", template.cluster)).await?;
    let cluster = &cluster["cluster"];
    if cluster["status"] != "ACTIVE" || cluster["desired_capacity"] != AFTER {
        return Err(format!("the cluster is not ACTIVE at {AFTER}: {cluster}").into());
    }
    let nodes = list(client, token, &format!("/v1/nodes?cluster_id={}", template.cluster), "nodes").await?;
    let ids: BTreeSet<&str> = nodes.iter().map(|node| text(node, "id")).collect();
    let members: BTreeSet<&str> =
        cluster["nodes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if nodes.len() != AFTER || ids.len() != AFTER || ids != members {
        return Err(format!("{} nodes, {} of them members", nodes.len(), members.len()).into());
    }
    let indexes: BTreeSet<i64> = nodes.iter().filter_map(|node| node["index"].as_i64()).collect();
    let idle = nodes.iter().find(|node| node["status"] != "ACTIVE");
    if let Some(node) = idle {
        return Err(format!("a node is not ACTIVE: {node}").into());
    }
    let claims: Claims = nodes
        .iter()
        .map(|node| (text(node, "physical_id").to_owned(), text(node, "id").to_owned()))
        .collect();
    if claims.len() != AFTER || indexes.len() != AFTER {
        return Err(format!("nodes share instances or indexes: {claims:?} {indexes:?}").into());
    }
    let actions = list(client, token, "/v1/actions", "actions").await?;
    // One for each node ever made, and those of the cluster: its creation and its resize.
    if actions.len() != AFTER + 2 {
        return Err(format!("{} actions; expected {}", actions.len(), AFTER + 2).into());
    }
    match actions.iter().find(|action| action["status"] != "SUCCEEDED") {
        Some(action) => Err(format!("an action has not succeeded: {action}").into()),
        None => Ok(claims),
    }
}

fn text<'a>(resource: &'a Value, field: &str) -> &'a str {
    resource[field].as_str().unwrap_or_default()
}

/// Checks what is stored after the last kill: nothing but what the nodes claim. Says whether the leak sweep
/// had something to do for that.
pub(crate) async fn stored(directory: &Path, cloud: &str, claims: &Claims) -> Outcome<bool> {
    let services = Services::open(Some(directory), "http://127.0.0.1".to_owned()).await?;
    let settings = Overrides::parse(SETTINGS)?.apply(Settings::default());
    let system = System::new(services, Options { settings, simulated: serde_json::from_str(cloud)? })?;
    let mut sweep = interval(SWEEP_EVERY);
    let mut swept = false;
    for _ in 0..SWEEPS {
        let found = instances(&system).await?;
        let exist: Claims = found
            .iter()
            .map(|found| (found.id.clone(), found.node().map(|node| node.to_string()).unwrap_or_default()))
            .collect();
        if exist == *claims {
            return Ok(swept);
        }
        if claims.iter().any(|(instance, node)| exist.get(instance) != Some(node)) {
            return Err(format!("nodes claim {claims:?}, but there is {exist:?}").into());
        }
        swept = true;
        sweep.tick().await;
        reconciler::run(&system.worker).await?;
    }
    Err(format!("{} instances leaked", instances(&system).await?.len() - claims.len()).into())
}

async fn instances(system: &System) -> Outcome<Vec<Instance>> {
    let filter = Filter::Deployment {
        name: &system.env.settings.deployment,
        from: Timestamp::from_micros(0),
        before: Timestamp::from_micros(i64::MAX),
    };
    Ok(list_all(system.env.compute.as_ref(), filter).await?)
}
