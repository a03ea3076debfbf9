//! Nodes whose instance is gone, or is not what their profile says: reported once, and recovered where their
//! cluster asks for it.

use crate::outcomes::{shown_cluster, shown_node};
use coppice_compute::testing::{CallKind, Faulty, Injected};
use coppice_compute::{Alteration, Change, ComputeError, Progress, Token};
use coppice_domain::ids::ActionId;
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::{DriftSweep, Settings, reconciler};
use coppice_local::system::Options;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A cluster of `size` nodes that were settled long enough ago.
async fn ready(settings: Settings, size: u64) -> TestApp {
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, size).await;
    app.clock.advance(MINUTE * 20);
    app
}

/// Runs of the reconciler, a minute apart: how often it found something to say or to do about drift.
async fn minutes(app: &TestApp, count: usize) -> usize {
    let mut acted = 0;
    for _ in 0..count {
        app.clock.advance(MINUTE);
        acted += reconciler::run(&app.system.worker).await.unwrap().drift;
    }
    acted
}

async fn nodes(app: &TestApp) -> Vec<Value> {
    app.show(ALICE, "/v1/nodes?sort=name", "nodes").await.as_array().unwrap().clone()
}

fn text<'a>(shown: &'a Value, key: &str) -> &'a str {
    shown[key].as_str().unwrap()
}

async fn again(app: &TestApp, node: &Value) -> Value {
    shown_node(app, text(node, "id")).await
}

async fn cluster(app: &TestApp) -> Value {
    shown_cluster(app, "c").await
}

/// Somebody deletes the node's instance; answers with its id.
async fn lose(app: &TestApp, node: &Value) -> String {
    let instance = text(node, "physical_id").to_owned();
    app.system.env.compute.delete(&instance).await.unwrap();
    instance
}

/// What was told of drift, in order.
async fn told(app: &TestApp) -> Vec<(String, String)> {
    let events = app.show(ALICE, "/v1/events?sort=timestamp&action=NODE_CHECK", "events").await;
    let told = |event: &Value| (text(event, "oname").to_owned(), text(event, "status_reason").to_owned());
    events.as_array().unwrap().iter().map(told).collect()
}

async fn recoveries(app: &TestApp) -> Vec<Value> {
    app.show(ALICE, "/v1/actions?action=NODE_RECOVER", "actions").await.as_array().unwrap().clone()
}

async fn configure(app: &TestApp, drift: &str) {
    let body = json!({ "cluster": { "config": { "node.drift": drift } } });
    app.patch("/v1/clusters/c").by(ALICE).at("1.14").json(&body).send().await.expect(202);
    app.drain().await;
}

#[tokio::test]
async fn an_instance_that_has_gone_is_reported_once() {
    let app = ready(Settings::default(), 3).await;
    assert_eq!(minutes(&app, 30).await, 0);
    let lost = nodes(&app).await.remove(1);
    let instance = lose(&app, &lost).await;
    assert_eq!(minutes(&app, 11).await, 1);
    let (after, reason) = (again(&app, &lost).await, format!("The instance '{instance}' is gone."));
    assert_eq!((text(&after, "status"), text(&after, "status_reason")), ("ERROR", &*reason));
    let shown = cluster(&app).await;
    let name = text(&lost, "name");
    let expected = ("WARNING", format!("Node {name}: {reason}"));
    assert_eq!((text(&shown, "status"), text(&shown, "status_reason").to_owned()), expected);
    assert_eq!(minutes(&app, 120).await, 0);
    assert_eq!(told(&app).await, [(name.to_owned(), reason)]);
    assert!(recoveries(&app).await.is_empty());
    let others = nodes(&app).await.into_iter().filter(|node| node["status"] == "ACTIVE").count();
    assert_eq!(others, 2);
}

#[tokio::test]
async fn a_member_is_recovered_once_where_its_cluster_asks_for_it() {
    let app = ready(Settings::default(), 3).await;
    configure(&app, "repair").await;
    let lost = nodes(&app).await.remove(0);
    let instance = lose(&app, &lost).await;
    // Said, and started.
    assert_eq!(minutes(&app, 11).await, 2);
    let [recovery] = <[Value; 1]>::try_from(recoveries(&app).await).unwrap();
    assert_eq!(recovery["target"], lost["id"]);
    assert_eq!(text(&recovery, "name"), format!("drift_{}", &text(&lost, "id")[..8]));
    app.drain().await;
    let after = again(&app, &lost).await;
    assert_eq!((text(&after, "status"), text(&after, "physical_id") == instance), ("ACTIVE", false));
    assert_eq!(cluster(&app).await["status"], "ACTIVE");
    assert_eq!(minutes(&app, 120).await, 0);
    // The new one is lost too: that is another finding.
    lose(&app, &after).await;
    assert_eq!(minutes(&app, 11).await, 2);
    app.drain().await;
    assert_eq!((recoveries(&app).await.len(), told(&app).await.len()), (2, 2));
    assert_eq!(again(&app, &lost).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_repair_that_fails_is_not_started_again() {
    let app = ready(Settings::default(), 1).await;
    configure(&app, "REPAIR").await;
    let lost = nodes(&app).await.remove(0);
    lose(&app, &lost).await;
    assert_eq!(minutes(&app, 11).await, 2);
    let id = text(&recoveries(&app).await[0], "id").to_owned();
    let cancel = json!({ "action": { "status": "CANCELLED", "force": true } });
    app.patch(&format!("/v1/actions/{id}")).by(ALICE).at("1.14").json(&cancel).send().await.expect(202);
    app.drain().await;
    assert_eq!(minutes(&app, 120).await, 0);
    let [ended] = <[Value; 1]>::try_from(recoveries(&app).await).unwrap();
    assert_eq!((text(&ended, "id"), text(&ended, "status")), (&*id, "CANCELLED"));
}

#[tokio::test]
async fn an_instance_that_is_not_what_the_profile_says_is_reported_until_it_is_again() {
    let settings = Settings::default();
    let compared = DriftSweep { compared: 10, ..settings.drift };
    let app = ready(Settings { drift: compared, ..settings }, 2).await;
    let changed = nodes(&app).await.remove(1);
    let instance = text(&changed, "physical_id").to_owned();
    let resize = async |step: &str, flavor: &str| {
        let compute = &app.system.env.compute;
        let mut spec = compute.describe(&instance).await.unwrap().unwrap();
        let name = text(&json!(spec), "name").to_owned();
        spec.insert("flavor".to_owned(), json!(flavor));
        let token = Token::derived(ActionId::new(app.system.env.ids.uuid()), step, 0);
        let what = Alteration::Update { name, spec, metadata: Default::default(), stop_within: None };
        assert_eq!(compute.change(&instance, &Change { token, what }).await, Ok(Progress::Done));
    };
    let flavor = app.system.env.compute.describe(&instance).await.unwrap().unwrap()["flavor"].clone();
    assert_eq!(minutes(&app, 30).await, 0);
    resize("there", "other").await;
    assert_eq!(minutes(&app, 11).await, 1);
    let reason = format!("The instance '{instance}' does not match its profile any more: flavor.");
    let after = again(&app, &changed).await;
    assert_eq!((text(&after, "status"), text(&after, "status_reason")), ("WARNING", &*reason));
    assert_eq!(cluster(&app).await["status"], "WARNING");
    assert_eq!(minutes(&app, 60).await, 0);
    resize("back", flavor.as_str().unwrap()).await;
    assert_eq!(minutes(&app, 11).await, 1);
    assert_eq!(again(&app, &changed).await["status"], "ACTIVE");
    assert_eq!(cluster(&app).await["status"], "ACTIVE");
    assert_eq!(told(&app).await.len(), 2);
}

#[tokio::test]
async fn what_an_action_holds_is_left_alone_until_it_has_ended() {
    let app = ready(Settings::default(), 2).await;
    let lost = nodes(&app).await.remove(0);
    let resize = json!({ "resize": { "adjustment_type": "CHANGE_IN_CAPACITY", "number": 1 } });
    app.act(ALICE, "c", &resize).await;
    lose(&app, &lost).await;
    assert_eq!(minutes(&app, 30).await, 0);
    assert_eq!(again(&app, &lost).await["status"], "ACTIVE");
    app.drain().await;
    assert_eq!(minutes(&app, 11).await, 1);
    assert_eq!(again(&app, &lost).await["status"], "ERROR");
}

#[tokio::test]
async fn an_instance_that_may_not_show_yet_is_not_missed() {
    let app = ready(Settings::default(), 1).await;
    let check = json!({ "check": {} });
    app.act(ALICE, "c", &check).await;
    app.drain().await;
    // The node was settled just now; whatever it claims may have been made a moment ago.
    lose(&app, &nodes(&app).await[0]).await;
    assert_eq!(minutes(&app, 14).await, 0);
    assert_eq!(minutes(&app, 12).await, 1);
}

#[tokio::test]
async fn a_node_of_no_cluster_is_reported_and_never_repaired() {
    let app = ready(Settings::default(), 0).await;
    let body = json!({ "node": { "name": "alone", "profile_id": "p" } });
    app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    app.clock.advance(MINUTE * 20);
    lose(&app, &nodes(&app).await[0]).await;
    assert_eq!(minutes(&app, 120).await, 1);
    assert_eq!(nodes(&app).await[0]["status"], "ERROR");
    assert!(recoveries(&app).await.is_empty());
}

#[tokio::test]
async fn a_run_does_its_share_the_next_goes_on_and_two_at_once_say_nothing_twice() {
    let settings = Settings::default();
    let few = DriftSweep { nodes: 3, ..settings.drift };
    let app = ready(Settings { drift: few, ..settings }, 70).await;
    for node in nodes(&app).await {
        lose(&app, &node).await;
    }
    let mut said = Vec::new();
    let mut silent = 0;
    while silent < 15 {
        app.clock.advance(MINUTE);
        let worker = &app.system.worker;
        let (one, other) = tokio::join!(reconciler::run(worker), reconciler::run(worker));
        let acted = one.unwrap().drift + other.unwrap().drift;
        assert!(acted <= 2 * (3 + settings.drift.compared), "{acted}");
        silent = if acted == 0 { silent + 1 } else { 0 };
        said.push(acted);
    }
    assert_eq!(said.iter().sum::<usize>(), 70, "{said:?}");
    assert_eq!(told(&app).await.len(), 70);
    assert_eq!(cluster(&app).await["status"], "WARNING");
}

#[tokio::test]
async fn many_at_once_change_their_cluster_a_few_times_only() {
    let app = ready(Settings::default(), 100).await;
    for node in nodes(&app).await {
        lose(&app, &node).await;
    }
    let before = app.usage();
    assert_eq!(minutes(&app, 11).await, 100);
    let spent = app.usage() - before;
    // Four transactions, and the runs themselves.
    assert!(spent.write_units < 100.0 * 14.0, "{spent:?}");
    assert_eq!(told(&app).await.len(), 100);
    let reason = text(&cluster(&app).await, "status_reason").to_owned();
    assert!(reason.ends_with("have drifted too."), "{reason}");
}

#[tokio::test]
async fn a_backend_that_cannot_be_asked_makes_nobody_a_liar() {
    let mut app = ready(Settings::default(), 2).await;
    let throttled = ComputeError::Throttled { retry_after: None };
    let compute = Arc::clone(&app.system.env.compute);
    let failing = Faulty::new(compute, move |call| {
        (call.kind == CallKind::List && call.nth < 6).then(|| Injected::Before(throttled.clone()))
    });
    let failing = Arc::new(failing);
    app.system.worker.env.compute = Arc::clone(&failing) as _;
    lose(&app, &nodes(&app).await[0]).await;
    assert_eq!(minutes(&app, 3).await, 0);
    // A call for each sweep and run: nothing is repeated at once.
    assert!(failing.count(CallKind::List) <= 6, "{:?}", failing.calls());
    assert!(nodes(&app).await.iter().all(|node| node["status"] == "ACTIVE"));
    assert_eq!(minutes(&app, 12).await, 1);
}
