//! Costs, counted: units and requests of DynamoDB, messages.

mod fleet;
mod sheet;

use self::sheet::{Counter, Limit, Sheet, Smallest};
use crate::Outcome;
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::dispatch::Outcome as Answered;
use coppice_engine::reconciler;
use coppice_local::system::Options;
use serde_json::json;
use std::time::Duration;

/// Between two runs of the reconciler, as the template schedules them.
const SCHEDULE: Duration = Duration::from_secs(60);
/// Polls that are averaged.
const POLLS: u32 = 5;

/// Counts everything; answers with the table.
pub(crate) async fn run(quick: bool) -> Outcome<Sheet> {
    let mut sheet = Sheet::new("Costs, counted in process");
    requests(&mut sheet).await;
    nodes(&mut sheet, if quick { &[fleet::SMALLEST, 100] } else { &[fleet::SMALLEST, 100, 1_000] }).await;
    polls(&mut sheet).await;
    idle(&mut sheet, if quick { 100 } else { 1000 }).await?;
    Ok(sheet)
}

/// Counts what nodes cost in clusters of any size, and in many clusters at once; answers with the table.
pub(crate) async fn scale() -> Sheet {
    let mut sheet = Sheet::new("Costs of nodes, counted in process");
    nodes(&mut sheet, &[fleet::SMALLEST, 100, 1_000, 5_000]).await;
    fleet::crowd(&mut sheet).await;
    sheet
}

/// What a node costs from beginning to end, in clusters of these sizes: the smallest first.
async fn nodes(sheet: &mut Sheet, sizes: &[u32]) {
    let mut smallest = Smallest::default();
    for size in sizes {
        fleet::life(sheet, &mut smallest, *size).await;
    }
}

/// The system, where instances take `build` to be ready.
async fn app(build: f64) -> TestApp {
    let mut options = Options::default();
    options.simulated.build_seconds = build;
    options.settings.max_clusters_per_project = 10_000;
    options.settings.max_nodes_per_cluster = 10_000;
    TestApp::with(options).await
}

/// What single requests cost.
async fn requests(sheet: &mut Sheet) {
    let app = app(0.0).await;
    let profile = app.profile(ALICE, "p").await;
    for number in 0..99 {
        app.cluster(ALICE, &format!("c{number}"), &profile, 0).await;
    }
    let counter = Counter::start(&app);
    let hundred = app.cluster_accepted(ALICE, "hundred", &profile, 100).await;
    let limit = Limit { writes: Some(20.0), ..Limit::default() };
    sheet.row("accept a cluster's creation", &counter.stop(1), limit);
    app.drain().await;
    let counter = Counter::start(&app);
    app.show(ALICE, &format!("/v1/clusters/{hundred}"), "cluster").await;
    let limit = Limit { requests: Some(2.0), reads: Some(4.0), ..Limit::default() };
    sheet.row("show a cluster of 100 by id", &counter.stop(1), limit);
    let counter = Counter::start(&app);
    app.show(ALICE, "/v1/clusters/hundred", "cluster").await;
    sheet.row("show a cluster of 100 by name", &counter.stop(1), Limit::default());
    let counter = Counter::start(&app);
    app.show(ALICE, "/v1/clusters?limit=20", "clusters").await;
    sheet.row("list 20 of 100 clusters", &counter.stop(1), Limit::default());
    let counter = Counter::start(&app);
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 101 } });
    app.act(ALICE, &hundred, &resize).await;
    let limit = Limit { writes: Some(10.0), rings: Some(1.0), ..Limit::default() };
    sheet.row("accept a resize", &counter.stop(1), limit);
}

/// What a poll costs that finds nothing new, for each of a hundred nodes.
async fn polls(sheet: &mut Sheet) {
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
    sheet.row("poll a node that is being built", &counter.stop(NODES * POLLS), limit);
}

/// What an hour costs in which nothing happens.
async fn idle(sheet: &mut Sheet, clusters: u32) -> Outcome<()> {
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
    sheet.row(&format!("an idle hour, {clusters} clusters, {RUNS} runs"), &counter.stop(1), limit);
    Ok(())
}
