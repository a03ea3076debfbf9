//! Costs, counted: units and requests of DynamoDB, messages.

use crate::Outcome;
use crate::table::{Table, budget, figure};
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::dispatch::Outcome as Answered;
use coppice_engine::reconciler;
use coppice_local::system::Options;
use coppice_store::Usage;
use serde_json::json;
use std::time::Duration;

/// Between two runs of the reconciler, as the template schedules them.
const SCHEDULE: Duration = Duration::from_secs(60);
/// Polls that are averaged.
const POLLS: u32 = 5;

/// What was spent, for how many.
struct Spent {
    usage: Usage,
    rings: u64,
    per: u32,
}

/// What may be spent: the most requests, read units, write units and messages.
#[derive(Clone, Copy, Default)]
struct Limit {
    requests: Option<f64>,
    reads: Option<f64>,
    writes: Option<f64>,
    rings: Option<f64>,
}

/// Counts everything; answers with the table.
pub(crate) async fn run(quick: bool) -> Outcome<String> {
    let head = ["what", "requests", "read units", "write units", "messages", "budget"];
    let mut table = Table::new("Costs, counted in process", &head);
    requests(&mut table).await;
    let sizes: &[u32] = if quick { &[10, 100] } else { &[10, 100, 1000] };
    for size in sizes {
        nodes(&mut table, *size).await;
    }
    polls(&mut table).await;
    idle(&mut table, if quick { 100 } else { 1000 }).await?;
    Ok(table.text())
}

/// Counts what nodes cost in clusters of any size, and in many clusters at once; answers with the table.
pub(crate) async fn scale() -> Outcome<String> {
    let head = ["what", "requests", "read units", "write units", "messages", "budget"];
    let mut table = Table::new("Costs of nodes, counted in process", &head);
    for size in [10, 100, 1_000, 5_000] {
        nodes(&mut table, size).await;
    }
    crowd(&mut table).await;
    Ok(table.text())
}

/// What a node costs when a thousand clusters of ten are asked for at once.
async fn crowd(table: &mut Table) {
    const CLUSTERS: u32 = 1_000;
    const NODES: u32 = 10;
    let app = app(0.5).await;
    let profile = app.profile(ALICE, "p").await;
    let counter = Counter::start(&app);
    for number in 0..CLUSTERS {
        app.cluster_accepted(ALICE, &format!("c{number}"), &profile, u64::from(NODES)).await;
    }
    while app.answer_next().await.is_some() {}
    let what = format!("create a node, {CLUSTERS} clusters of {NODES} at once");
    row(table, &what, &counter.stop(CLUSTERS * NODES), Limit::default());
}

/// The system, where instances take `build` to be ready.
async fn app(build: f64) -> TestApp {
    let mut options = Options::default();
    options.simulated.build_seconds = build;
    options.settings.max_clusters_per_project = 10_000;
    options.settings.max_nodes_per_cluster = 10_000;
    TestApp::with(options).await
}

struct Counter<'a> {
    app: &'a TestApp,
    before: Usage,
    rings: u64,
}

impl<'a> Counter<'a> {
    fn start(app: &'a TestApp) -> Self {
        Self { app, before: app.usage(), rings: app.bell.rung() }
    }

    fn stop(self, per: u32) -> Spent {
        Spent { usage: self.app.usage() - self.before, rings: self.app.bell.rung() - self.rings, per }
    }
}

fn row(table: &mut Table, what: &str, spent: &Spent, limit: Limit) {
    let each = |total: f64| total / f64::from(spent.per.max(1));
    let whole = |count: u64| each(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    let spent = [
        ("requests", whole(spent.usage.requests), limit.requests),
        ("read", each(spent.usage.read_units), limit.reads),
        ("write", each(spent.usage.write_units), limit.writes),
        ("messages", whole(spent.rings), limit.rings),
    ];
    let limits: Vec<String> =
        spent.iter().filter_map(|(name, _, most)| Some(format!("{name} <= {}", figure((*most)?)))).collect();
    let kept = spent.iter().all(|(_, found, most)| most.is_none_or(|most| *found <= most));
    let mut cells = vec![what.to_owned()];
    cells.extend(spent.iter().map(|(_, found, _)| figure(*found)));
    cells.push(budget(&limits.join(", "), kept));
    table.row(cells);
}

/// What single requests cost.
async fn requests(table: &mut Table) {
    let app = app(0.0).await;
    let profile = app.profile(ALICE, "p").await;
    for number in 0..99 {
        app.cluster(ALICE, &format!("c{number}"), &profile, 0).await;
    }
    let counter = Counter::start(&app);
    let hundred = app.cluster_accepted(ALICE, "hundred", &profile, 100).await;
    let limit = Limit { writes: Some(20.0), ..Limit::default() };
    row(table, "accept a cluster's creation", &counter.stop(1), limit);
    app.drain().await;
    let counter = Counter::start(&app);
    app.show(ALICE, &format!("/v1/clusters/{hundred}"), "cluster").await;
    let limit = Limit { requests: Some(2.0), reads: Some(4.0), ..Limit::default() };
    row(table, "show a cluster of 100 by id", &counter.stop(1), limit);
    let counter = Counter::start(&app);
    app.show(ALICE, "/v1/clusters/hundred", "cluster").await;
    row(table, "show a cluster of 100 by name", &counter.stop(1), Limit::default());
    let counter = Counter::start(&app);
    app.show(ALICE, "/v1/clusters?limit=20", "clusters").await;
    row(table, "list 20 of 100 clusters", &counter.stop(1), Limit::default());
    let counter = Counter::start(&app);
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 101 } });
    app.act(ALICE, &hundred, &resize).await;
    let limit = Limit { writes: Some(10.0), rings: Some(1.0), ..Limit::default() };
    row(table, "accept a resize", &counter.stop(1), limit);
}

/// What a node costs from beginning to end, in a cluster of this size.
async fn nodes(table: &mut Table, size: u32) {
    // Ready at the first poll.
    let app = app(0.5).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "c", &profile, 0).await;
    app.drain().await;
    let counter = Counter::start(&app);
    let cluster = app.cluster(ALICE, "fleet", &profile, u64::from(size)).await;
    let limit = Limit { reads: Some(6.0), writes: Some(20.0), ..Limit::default() };
    row(table, &format!("create a node, one of {size}"), &counter.stop(size), limit);
    let counter = Counter::start(&app);
    app.act(ALICE, &cluster, &json!({ "check": {} })).await;
    app.drain().await;
    row(table, &format!("check a node, one of {size}"), &counter.stop(size), Limit::default());
    let counter = Counter::start(&app);
    update(&app, &cluster).await;
    row(table, &format!("give a node another profile, one of {size}"), &counter.stop(size), Limit::default());
    let counter = Counter::start(&app);
    let empty = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 0 } });
    app.act(ALICE, &cluster, &empty).await;
    app.drain().await;
    row(table, &format!("delete a node, one of {size}"), &counter.stop(size), Limit::default());
}

/// Gives a cluster another profile.
async fn update(app: &TestApp, cluster: &str) {
    let mut other = coppice_e2e::spec();
    other["properties"]["flavor"] = json!("2");
    let body = json!({ "profile": { "name": "other", "spec": other } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    let update = json!({ "cluster": { "profile_id": "other" } });
    app.patch(&format!("/v1/clusters/{cluster}")).by(ALICE).json(&update).send().await.expect(202);
    app.drain().await;
}

/// What a poll costs that finds nothing new, for each of a hundred nodes.
async fn polls(table: &mut Table) {
    const NODES: u32 = 100;
    let app = app(100_000.0).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "slow", &profile, u64::from(NODES)).await;
    // The first poll notes that instances are being built.
    while app.answer_next().await == Some(Answered::Done) {}
    let counter = Counter::start(&app);
    for _ in 0..POLLS {
        app.answer_next().await;
    }
    let limit = Limit { writes: Some(0.2), ..Limit::default() };
    row(table, "poll a node that is being built", &counter.stop(NODES * POLLS), limit);
}

/// What an hour costs in which nothing happens.
async fn idle(table: &mut Table, clusters: u32) -> Outcome<()> {
    const RUNS: u32 = 60;
    let app = app(0.0).await;
    let profile = app.profile(ALICE, "p").await;
    for number in 0..clusters {
        app.cluster(ALICE, &format!("c{number}"), &profile, 0).await;
    }
    // The first search for unclaimed instances goes back to the beginning.
    app.clock.advance(Duration::from_secs(24 * 3600));
    reconciler::run(&app.system.worker).await?;
    let counter = Counter::start(&app);
    for _ in 0..RUNS {
        app.clock.advance(SCHEDULE);
        reconciler::run(&app.system.worker).await?;
    }
    let limit = Limit { reads: Some(200.0), ..Limit::default() };
    row(table, &format!("an idle hour, {clusters} clusters, {RUNS} runs"), &counter.stop(1), limit);
    Ok(())
}
