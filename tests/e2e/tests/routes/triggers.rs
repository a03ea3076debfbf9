//! Events of the account, which call webhooks (functions/triggers).

use crate::receivers::{ADDED, action, app, create, message, text, webhook};
use coppice_e2e::{ALICE, TestApp, scaling_policy};
use coppice_triggers::{Mapping, answer};
use serde_json::{Value, json};
use std::sync::Arc;

const ALARM: &str = include_str!("../../../../functions/triggers/tests/events/alarm.json");
const NOTIFICATION: &str = include_str!("../../../../functions/triggers/tests/events/notification.json");
/// The receiver in them.
const RECEIVER: &str = "6a2f41a3-c54c-4ae5-94d0-6b4ac4d9c8de";

/// The event, which calls this receiver.
fn event(text: &str, receiver: &str) -> Value {
    serde_json::from_str(&text.replace(RECEIVER, receiver)).unwrap()
}

/// Lets an event happen; answers with how many actions it started.
async fn happen(app: &TestApp, event: &Value) -> u64 {
    let answered = answer(app.system.env.clone(), Arc::new(Mapping::new()), event.clone()).await.unwrap();
    app.drain().await;
    answered["started"].as_u64().unwrap()
}

/// Lets an event happen while the cluster is held, and does nothing about that.
async fn refused(app: &TestApp, event: &Value) {
    let env = app.system.env.clone();
    let answered = answer(env, Arc::new(Mapping::new()), event.clone()).await.unwrap();
    assert_eq!(answered["started"], 0);
}

async fn actions(app: &TestApp) -> Vec<Value> {
    let listed = app.show(ALICE, "/v1/actions?action=CLUSTER_SCALE_OUT", "actions").await;
    listed.as_array().unwrap().clone()
}

async fn refusals(app: &TestApp) -> Vec<String> {
    let events = app.show(ALICE, "/v1/events?otype=RECEIVER", "events").await;
    events.as_array().unwrap().iter().map(|event| text(event, "status_reason").to_owned()).collect()
}

#[tokio::test]
async fn an_event_makes_one_action_however_often_it_is_delivered() {
    let (app, cluster) = app().await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let id = text(&receiver, "id");
    for _ in 0..3 {
        assert_eq!(happen(&app, &event(ALARM, id)).await, 1);
    }
    let made = actions(&app).await;
    let [one] = &made[..] else { panic!("{made:?}") };
    let shown = action(&app, ALICE, text(one, "id")).await;
    assert_eq!(text(&shown, "name"), format!("event_{}", &id[..8]));
    assert_eq!((text(&shown, "target"), text(&shown, "user")), (cluster.as_str(), ALICE.user));
    assert_eq!(shown["inputs"], json!({ "count": 1 }));
    // What a notification says beside counts more than what the receiver has of its own.
    assert_eq!(happen(&app, &event(NOTIFICATION, id)).await, 1);
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["desired_capacity"], 4);
}

#[tokio::test]
async fn what_ends_an_alarm_or_calls_nobody_does_nothing() {
    let (app, _) = app().await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let mut calm = event(ALARM, text(&receiver, "id"));
    calm["detail"]["state"]["value"] = "OK".into();
    let mailbox = message(&app, ALICE, "m").await;
    for event in [calm, event(ALARM, RECEIVER), event(ALARM, text(&mailbox, "id")), json!({ "a": 1 })] {
        assert_eq!(happen(&app, &event).await, 0, "{event}");
    }
    assert_eq!((actions(&app).await.len(), refusals(&app).await.len()), (0, 0));
}

#[tokio::test]
async fn a_refused_call_is_an_event() {
    let (app, cluster) = app().await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let held = json!({ "scale_out": { "count": 1 } });
    let path = format!("/v1/clusters/{cluster}/actions");
    app.post(&path).by(ALICE).json(&held).send().await.expect(202);
    let alarm = event(ALARM, text(&receiver, "id"));
    refused(&app, &alarm).await;
    let told = refusals(&app).await;
    let [reason] = &told[..] else { panic!("{told:?}") };
    let begin =
        "The call of event c4c1c1c9-6542-e61b-6ef0-8c4d36933a92 was refused: The CLUSTER_SCALE_OUT action";
    assert!(reason.starts_with(begin), "{reason}");
    // A source that runs away is told of once a minute.
    for _ in 0..3 {
        let mut again = alarm.clone();
        again["id"] = app.system.env.ids.uuid().to_string().into();
        app.clock.advance(std::time::Duration::from_secs(20));
        refused(&app, &again).await;
    }
    assert_eq!(refusals(&app).await.len(), 2);
}

#[tokio::test]
async fn a_cooldown_damps_a_source_that_runs_away() {
    let (app, cluster) = app().await;
    let mut policy = scaling_policy();
    policy["properties"]["event"] = "CLUSTER_SCALE_OUT".into();
    let policy = app.policy(ALICE, "slow", &policy).await;
    app.attached(&cluster, &policy, true).await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let mut alarm = event(ALARM, text(&receiver, "id"));
    assert_eq!(happen(&app, &alarm).await, 1);
    // What is delivered again was heeded already, and its own action began the cooldown.
    assert_eq!(happen(&app, &alarm).await, 1);
    assert_eq!((actions(&app).await.len(), refusals(&app).await.len()), (1, 0));
    alarm["id"] = "another".into();
    assert_eq!(happen(&app, &alarm).await, 0);
    let told = refusals(&app).await;
    let [reason] = &told[..] else { panic!("{told:?}") };
    assert!(reason.starts_with("The call of event another was refused: "), "{reason}");
    assert!(reason.contains("cooldown"), "{reason}");
    app.clock.advance(std::time::Duration::from_secs(601));
    alarm["id"] = "later".into();
    assert_eq!(happen(&app, &alarm).await, 1);
}

#[tokio::test]
async fn events_count_towards_the_rate_and_need_no_signature() {
    let (app, _) = app().await;
    let receiver = json!({ "receiver": {
        "name": "r", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_SCALE_OUT", "params": { "count": 1 },
        "protection": { "signing": true, "rate": { "calls": 1, "seconds": 3600 } },
    } });
    let ask = app.post("/v1/receivers").by(ALICE).header("openstack-api-version", ADDED).json(&receiver);
    let receiver = ask.send().await.expect(201).json()["receiver"].take();
    let id = text(&receiver, "id");
    assert_eq!(happen(&app, &event(ALARM, id)).await, 1);
    assert_eq!(happen(&app, &event(NOTIFICATION, id)).await, 0);
    let told = refusals(&app).await;
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("A call was refused: This receiver takes 1 calls in 3600 seconds."),
        "{told:?}"
    );
    let other = json!({ "name": "o", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_CHECK" });
    let other = create(&app, ALICE, &other).await.expect(201).json()["receiver"].take();
    assert_eq!(happen(&app, &event(NOTIFICATION, text(&other, "id"))).await, 1);
}
