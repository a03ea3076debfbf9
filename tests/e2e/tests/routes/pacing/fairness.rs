//! One project's burst does not delay another's action (decision 0004). Counted in places at the queue, each
//! taken by a worker for one message: neither clocks nor sleeps.

use aws_sdk_sqs::types::Message;
use coppice_compute::simulated::SimulatedConfig;
use coppice_domain::ids::ActionId;
use coppice_e2e::{ALICE, BOB, Person, TestApp};
use coppice_engine::Env;
use coppice_engine::dispatch::Outcome;
use coppice_local::system::Options;
use coppice_runtime::sqs::answer;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// Actions of the burst.
const BURST: u64 = 5_000;
/// Of these, those that nobody merely rings for.
const REAL: u64 = 40;
/// Places after which the other project's action must have begun.
const PLACES: usize = 10;

/// The system with the queue that it has outside tests.
async fn on_the_queue() -> TestApp {
    TestApp::arranged(Options::default(), |env, real| Env { doorbell: real.doorbell, ..env }).await
}

/// Asks for a node; answers with the action's id.
async fn ask(app: &TestApp, person: Person) -> String {
    let body = json!({ "node": { "name": "n", "profile_id": "p" } });
    app.post("/v1/nodes").by(person).json(&body).send().await.expect(202).action()
}

/// Alice's burst: some nodes, and rings for thousands of actions more.
async fn burst(app: &TestApp) {
    app.profile(ALICE, "p").await;
    app.profile(BOB, "p").await;
    let mut action = String::new();
    for _ in 0..REAL {
        action = ask(app, ALICE).await;
    }
    let action: ActionId = action.parse().unwrap();
    for number in REAL..BURST {
        let node = ActionId::derived(action, "burst", number);
        app.system.env.doorbell.ring(ALICE.project, node, 0, Duration::ZERO).await.unwrap();
    }
}

/// Takes a place: a worker receives one message.
async fn take(app: &TestApp) -> Message {
    let services = &app.system.services;
    let receiving = services.aws.sqs.receive_message().queue_url(&services.queue_url);
    let received = receiving.send().await.unwrap();
    received.messages.unwrap_or_default().pop().expect("the queue is not empty")
}

/// The worker answers the message and gives its place up.
async fn work(app: &TestApp, message: Message) {
    let services = &app.system.services;
    let outcome = answer(&app.system.worker, message.body.as_deref().unwrap()).await;
    assert_eq!(outcome, Outcome::Done);
    let deleting = services.aws.sqs.delete_message().queue_url(&services.queue_url);
    deleting.set_receipt_handle(message.receipt_handle).send().await.unwrap();
}

async fn begun(app: &TestApp, person: Person, action: &str) -> bool {
    let shown = app.show(person, &format!("/v1/actions/{action}"), "action").await;
    shown["start_time"] != Value::Null
}

#[tokio::test]
async fn with_ten_workers_another_projects_action_begins_as_one_of_the_first_ten() {
    let app = on_the_queue().await;
    burst(&app).await;
    let action = ask(&app, BOB).await;
    // Each worker is still at its message when the next one takes its place.
    let mut taken = Vec::new();
    for _ in 0..PLACES {
        taken.push(take(&app).await);
    }
    let own =
        taken.iter().position(|message| message.body.as_deref().is_some_and(|body| body.contains(&action)));
    let own = own.expect("it is among the first ten");
    work(&app, taken.swap_remove(own)).await;
    assert!(begun(&app, BOB, &action).await);
}

#[tokio::test]
async fn with_all_workers_busy_with_the_burst_it_begins_with_the_first_place_that_is_free() {
    let app = on_the_queue().await;
    burst(&app).await;
    let mut busy = Vec::new();
    for _ in 0..20 {
        busy.push(take(&app).await);
    }
    let action = ask(&app, BOB).await;
    work(&app, busy.remove(0)).await;
    let message = take(&app).await;
    work(&app, message).await;
    assert!(begun(&app, BOB, &action).await);
}

#[tokio::test]
async fn every_ring_is_in_the_name_of_the_project_that_asked() {
    let simulated = SimulatedConfig { build_seconds: 20.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "c", &profile, 2).await;
    let mut projects = BTreeSet::new();
    // Accepted; then, after the ring is lost, found by the sweep; then parked until the end.
    projects.extend(app.bell.waiting().into_iter().map(|ring| ring.project));
    app.bell.lose_all();
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(coppice_engine::reconciler::run(&app.system.worker).await.unwrap().rung, 1);
    loop {
        projects.extend(app.bell.waiting().into_iter().map(|ring| ring.project));
        if app.answer_next().await.is_none() {
            break;
        }
    }
    assert_eq!(projects, BTreeSet::from([ALICE.project.to_owned()]));
    assert!(app.bell.rung() > 2, "it was rung for while it was parked");
}
