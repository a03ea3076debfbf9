//! One run of the reconciler is bounded in time, goes on where the one before stopped, and says why it did what it
//! did.

use crate::clusters::fixtures::set;
use coppice_compute::ComputeError;
use coppice_compute::testing::{Call, CallKind, Faulty, Injected, ManualClock, request};
use coppice_domain::time::Clock;
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::reconciler::{self, Report};
use coppice_store::StoreError;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A system with a cluster of two, `lost` instances that nobody claims, and time for all of it to be settled.
async fn with_lost(lost: u64) -> TestApp {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 2).await;
    for number in 0..lost {
        let mut unclaimed = request(78, number);
        "coppice".clone_into(&mut unclaimed.tags.deployment);
        ALICE.project.clone_into(&mut unclaimed.tags.project);
        app.system.env.compute.create(&unclaimed).await.unwrap();
    }
    app.clock.advance(MINUTE * 20);
    app
}

/// Lets the reconciler's backend answer by this script.
fn scripted(app: &mut TestApp, script: impl FnMut(&Call) -> Option<Injected> + Send + 'static) {
    let faulty = Faulty::new(Arc::clone(&app.system.env.compute), script);
    app.system.worker.env.compute = Arc::new(faulty);
}

/// A script by which calls of one kind take so long.
fn slow(clock: ManualClock, kind: CallKind, time: Duration) -> impl FnMut(&Call) -> Option<Injected> {
    move |call| {
        if call.kind == kind {
            clock.advance(time);
        }
        None
    }
}

async fn run(app: &TestApp) -> Report {
    reconciler::run(&app.system.worker).await.unwrap()
}

async fn events(app: &TestApp, action: &str) -> Vec<Value> {
    let target = format!("/v1/events?action={action}&limit=500");
    app.show(ALICE, &target, "events").await.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_slow_backend_keeps_no_run_longer_than_its_turn_and_no_phase_from_its_part() {
    const LOST: usize = 100;
    let mut app = with_lost(LOST as u64).await;
    let gone = app.show(ALICE, "/v1/nodes", "nodes").await[0]["physical_id"].as_str().unwrap().to_owned();
    app.system.env.compute.delete(&gone).await.unwrap();
    let clock = app.clock.clone();
    scripted(&mut app, slow(clock, CallKind::Delete, Duration::from_secs(1)));
    let turn = app.system.env.settings.turn;
    let mut deleted = Vec::new();
    for number in 0..5 {
        let began = app.clock.now();
        let report = run(&app).await;
        let took = app.clock.now().since(began);
        assert!(took <= turn, "run {number} took {took:?}");
        // What comes after the phase that has so much to do has its part of the same run.
        assert_eq!(report.drift, usize::from(number == 0), "run {number}");
        deleted.push(report.leaks);
    }
    assert_eq!(deleted.iter().sum::<usize>(), LOST, "{deleted:?}");
    assert!(deleted[0] > 1 && deleted[1] > 1, "each run does what it has time for: {deleted:?}");
    assert_eq!(deleted.last(), Some(&0), "and none again what another did: {deleted:?}");
}

#[tokio::test]
async fn a_search_goes_on_with_the_page_that_is_next() {
    // A page has 500.
    const LOST: usize = 1_100;
    let mut app = with_lost(LOST as u64).await;
    let clock = app.clock.clone();
    // Of two pages the second has no time left.
    scripted(&mut app, slow(clock, CallKind::List, Duration::from_secs(20)));
    let mut deleted = Vec::new();
    for _ in 0..5 {
        deleted.push(run(&app).await.leaks);
    }
    // The first page also has the two that are claimed; of the next, which comes late, one goes in any case.
    assert_eq!(deleted, [498 + 1, 500 + 1, 100, 0, 0]);
}

#[tokio::test]
async fn an_instance_that_cannot_be_deleted_keeps_none_of_the_others() {
    let mut app = with_lost(3).await;
    let (clock, turn) = (app.clock.clone(), app.system.env.settings.turn);
    let mut stubborn = None;
    // The first that is tried takes all the time there is, each time, and stays.
    scripted(&mut app, move |call| {
        if call.kind != CallKind::Delete || *stubborn.get_or_insert(call.subject.clone()) != call.subject {
            return None;
        }
        clock.advance(turn);
        Some(Injected::Before(ComputeError::Denied("no".to_owned())))
    });
    let mut deleted = 0;
    for _ in 0..4 {
        deleted += run(&app).await.leaks;
    }
    assert_eq!(deleted, 2);
}

#[tokio::test]
async fn a_node_that_cannot_be_read_keeps_its_instance_and_nobody_from_the_others() {
    let app = with_lost(1).await;
    let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
    let (broken, gone) = (&nodes[0], nodes[1]["physical_id"].as_str().unwrap());
    set(&app, &format!("N#{}", broken["id"].as_str().unwrap()), "status", "{").await;
    app.system.env.compute.delete(gone).await.unwrap();
    let report = run(&app).await;
    assert_eq!((report.leaks, report.drift), (1, 1));
    let theirs = app.system.env.compute.get(broken["physical_id"].as_str().unwrap()).await.unwrap();
    assert!(theirs.is_some());
}

#[tokio::test]
async fn an_instance_that_is_deleted_because_nobody_claims_it_is_told_of_once() {
    let mut app = with_lost(1).await;
    let throttled = ComputeError::Throttled { retry_after: None };
    scripted(&mut app, move |call| {
        (call.kind == CallKind::Delete && call.nth < 2).then(|| Injected::Before(throttled.clone()))
    });
    let deleted = [run(&app).await.leaks, run(&app).await.leaks, run(&app).await.leaks];
    assert_eq!(deleted, [0, 0, 1], "a backend that throttles is asked again by the next run");
    let told = events(&app, "NODE_DELETE").await;
    assert_eq!(told.len(), 1, "{told:?}");
    let text = told[0]["status_reason"].as_str().unwrap();
    assert!(
        text.starts_with("The instance '") && text.ends_with("' is deleted: no node claims it."),
        "{text}"
    );
    assert_eq!((&told[0]["otype"], &told[0]["level"]), (&json!("NODE"), &json!("WARN")));
}

/// Asks for a node, and loses the message about it; answers with the action's id.
async fn forgotten(app: &TestApp, name: &str) -> String {
    let body = json!({ "node": { "name": name, "profile_id": "p" } });
    let action = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).action();
    app.bell.lose_all();
    action
}

#[tokio::test]
async fn an_action_that_cannot_be_read_is_told_of_and_hides_no_other() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let broken = forgotten(&app, "broken").await;
    set(&app, &format!("X#{broken}"), "work", "{").await;
    let others = [forgotten(&app, "one").await, forgotten(&app, "other").await];
    app.clock.advance(app.system.env.settings.due_grace);
    let failed = reconciler::run(&app.system.worker).await;
    assert!(matches!(&failed, Err(StoreError::Corrupt(what)) if what.contains(&broken)), "{failed:?}");
    assert_eq!(app.bell.waiting().len(), others.len(), "the others are rung for");
    app.drain().await;
    for other in &others {
        assert_eq!(app.show(ALICE, &format!("/v1/actions/{other}"), "action").await["status"], "SUCCEEDED");
    }
    // It is out of the way for an hour, and then told of again.
    app.clock.advance(MINUTE);
    assert_eq!(run(&app).await.rung, 0);
    app.clock.advance(MINUTE * 60);
    assert!(reconciler::run(&app.system.worker).await.is_err());
}
