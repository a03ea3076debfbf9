//! One project's burst does not delay another's action (decision 0004). Counted in places at the queue, each
//! taken by a worker for one message: neither clocks nor sleeps.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use aws_sdk_sqs::types::Message;
use coppice_compute::simulated::SimulatedConfig;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_e2e::{ALICE, BOB, Person, TestApp};
use coppice_engine::Env;
use coppice_engine::dispatch::Outcome;
use coppice_local::services::TABLE;
use coppice_local::system::Options;
use coppice_runtime::sqs::answer;
use coppice_store::keys;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// Actions of the burst.
const BURST: u64 = 5_000;
/// Of these, those that are asked for by requests.
const REQUESTED: u64 = 10;
/// Workers that the burst can keep busy: more than were asked for by requests.
const WORKERS: usize = 20;
/// Places after which the other project's action must have begun.
const PLACES: usize = 10;
/// Items that one request may write.
const BATCH: usize = 25;

type Item = HashMap<String, AttributeValue>;

/// A node that was asked for, and the action that makes it.
#[derive(Clone, Copy)]
struct Asked {
    node: NodeId,
    action: ActionId,
}

impl Asked {
    /// Another one.
    fn numbered(self, number: u64) -> Self {
        Self {
            node: NodeId::derived(self.action, "node", number),
            action: ActionId::derived(self.action, "action", number),
        }
    }

    /// What its items say of it: both ids, and what the action is named after.
    fn marks(self) -> [String; 3] {
        [self.node.to_string(), self.action.to_string(), self.node.short()]
    }
}

/// The system with the queue that it has outside tests.
async fn on_the_queue() -> TestApp {
    TestApp::arranged(Options::default(), |env, real| Env { doorbell: real.doorbell, ..env }).await
}

/// Asks for a node.
async fn ask(app: &TestApp, person: Person) -> Asked {
    let body = json!({ "node": { "name": "n", "profile_id": "p" } });
    let answer = app.post("/v1/nodes").by(person).json(&body).send().await.expect(202);
    let node = answer.json()["node"]["id"].as_str().unwrap().parse().unwrap();
    Asked { node, action: answer.action().parse().unwrap() }
}

/// What was recorded when it was asked for: the node, its action, and that it uses the profile.
async fn recorded(app: &TestApp, asked: Asked) -> Vec<Item> {
    let scan = app.system.services.aws.dynamodb.scan().table_name(TABLE).consistent_read(true);
    let mut items = scan.send().await.unwrap().items.unwrap_or_default();
    let ids = [asked.node.to_string(), asked.action.to_string()];
    let names = |item: &Item, key: &str| {
        let key = item[key].as_s().unwrap();
        ids.iter().any(|id| key.ends_with(id.as_str()))
    };
    items.retain(|item| names(item, "pk") || names(item, "sk"));
    assert_eq!(items.len(), 3, "{items:#?}");
    items
}

/// An item as it would be if `to` had been asked for instead of `from`.
fn copy(item: &Item, from: Asked, to: Asked) -> Item {
    let (old, new) = (from.marks(), to.marks());
    let renamed = |text: &str| {
        old.iter().zip(&new).fold(text.to_owned(), |text, (old, new)| text.replace(old.as_str(), new))
    };
    let values = item.iter().map(|(name, value)| {
        let value = match value {
            AttributeValue::S(_) if name == "due_shard" => AttributeValue::S(keys::due_shard(to.action)),
            AttributeValue::S(text) => AttributeValue::S(renamed(text)),
            other => other.clone(),
        };
        (name.clone(), value)
    });
    values.collect()
}

/// Writes items past the service.
async fn write(app: &TestApp, items: impl Iterator<Item = Item>) {
    let put = |item| PutRequest::builder().set_item(Some(item)).build().unwrap();
    let puts: Vec<WriteRequest> =
        items.map(|item| WriteRequest::builder().put_request(put(item)).build()).collect();
    for batch in puts.chunks(BATCH) {
        let write = app.system.services.aws.dynamodb.batch_write_item().request_items(TABLE, batch.to_vec());
        let written = write.send().await.unwrap();
        assert!(written.unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}

/// Alice's burst: thousands of nodes, each with the action that makes it, and a ring for every one of them.
/// All but a few are copies of one that was asked for properly.
async fn burst(app: &TestApp) {
    app.profile(ALICE, "p").await;
    app.profile(BOB, "p").await;
    let mut last = ask(app, ALICE).await;
    for _ in 1..REQUESTED {
        last = ask(app, ALICE).await;
    }
    let model = recorded(app, last).await;
    let copies: Vec<Asked> = (REQUESTED..BURST).map(|number| last.numbered(number)).collect();
    write(app, copies.iter().flat_map(|&to| model.iter().map(move |item| copy(item, last, to)))).await;
    for asked in copies {
        app.system.env.doorbell.ring(ALICE.project, asked.action, 0, Duration::ZERO).await.unwrap();
    }
}

/// The action that a message rings for.
fn rung(message: &Message) -> ActionId {
    let body: Value = serde_json::from_str(message.body.as_deref().unwrap()).unwrap();
    body["action"].as_str().unwrap().parse().unwrap()
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

async fn begun(app: &TestApp, person: Person, action: ActionId) -> bool {
    let shown = app.show(person, &format!("/v1/actions/{action}"), "action").await;
    shown["start_time"] != Value::Null
}

#[tokio::test]
async fn with_ten_workers_another_projects_action_begins_as_one_of_the_first_ten() {
    let app = on_the_queue().await;
    burst(&app).await;
    let asked = ask(&app, BOB).await;
    // Each worker is still at its message when the next one takes its place.
    let mut taken = Vec::new();
    for _ in 0..PLACES {
        taken.push(take(&app).await);
    }
    let own = taken.iter().position(|message| rung(message) == asked.action);
    let own = own.expect("it is among the first ten");
    work(&app, taken.swap_remove(own)).await;
    assert!(begun(&app, BOB, asked.action).await);
}

#[tokio::test]
async fn with_all_workers_busy_with_the_burst_it_begins_with_the_first_place_that_is_free() {
    let app = on_the_queue().await;
    burst(&app).await;
    let mut busy = Vec::new();
    for _ in 0..WORKERS {
        busy.push(take(&app).await);
    }
    let asked = ask(&app, BOB).await;
    // One of the copies, which is an action like any other.
    let message = busy.pop().unwrap();
    let copied = rung(&message);
    assert!(!begun(&app, ALICE, copied).await);
    work(&app, message).await;
    assert!(begun(&app, ALICE, copied).await);
    let message = take(&app).await;
    work(&app, message).await;
    assert!(begun(&app, BOB, asked.action).await);
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
