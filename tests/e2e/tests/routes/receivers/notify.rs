//! `POST /v1/receivers/{id}/notify`.

use super::{action, app, message, text, webhook};
use crate::check;
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::ordered;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, Person, READER, TestApp};
use serde_json::{Value, json};

async fn notify(app: &TestApp, person: Person, reference: &str) -> Answer {
    app.post(&format!("/v1/receivers/{reference}/notify")).by(person).send().await
}

/// Puts a message on a receiver's queue; answers with the id of the action that it makes.
fn send(app: &TestApp, receiver: &Value, body: &Value) -> String {
    let message = app.mailboxes.post(text(&receiver["channel"], "queue_name"), &body.to_string()).unwrap();
    ordered(text(receiver, "id").parse::<ReceiverId>().unwrap(), &message).to_string()
}

fn scale_out(cluster: &str) -> Value {
    json!({ "cluster": cluster, "action": "CLUSTER_SCALE_OUT", "params": { "count": 2 } })
}

async fn actions(app: &TestApp) -> usize {
    app.show(ADMIN, "/v1/actions?action=CLUSTER_SCALE_OUT", "actions").await.as_array().unwrap().len()
}

#[tokio::test]
async fn a_message_becomes_an_action_of_the_receivers_owner() {
    let (app, cluster) = app().await;
    let receiver = message(&app, ALICE, "m").await;
    let id = send(&app, &receiver, &scale_out("c"));
    let answer = notify(&app, ALICE, "m").await;
    check::bare(&answer, 204);
    assert_eq!((answer.text().as_str(), answer.header("content-type")), ("", None));
    let shown = action(&app, ALICE, &id).await;
    let name = format!("receiver_{}_00000000", &text(&receiver, "id")[..8]);
    assert_eq!((text(&shown, "name"), text(&shown, "action")), (name.as_str(), "CLUSTER_SCALE_OUT"));
    assert_eq!((text(&shown, "target"), text(&shown, "cause")), (cluster.as_str(), "RPC Request"));
    assert_eq!((text(&shown, "user"), text(&shown, "project")), (ALICE.user, ALICE.project));
    assert_eq!((&shown["inputs"], text(&shown, "status")), (&json!({ "count": 2 }), "READY"));
    assert_eq!(app.mailboxes.count(text(&receiver["channel"], "queue_name")), 0);
    app.drain().await;
    assert_eq!(action(&app, ALICE, &id).await["status"], "SUCCEEDED");
    // An empty queue is no error, and a body says nothing.
    let ask = app.post("/v1/receivers/m/notify").by(ALICE).json(&json!({ "any": "thing" }));
    check::bare(&ask.send().await, 204);
}

#[tokio::test]
async fn a_message_that_comes_again_makes_no_second_action() {
    let (app, _) = app().await;
    let receiver = message(&app, ALICE, "m").await;
    let queue = text(&receiver["channel"], "queue_name");
    let id = send(&app, &receiver, &scale_out("c"));
    // Not removed, as when the process dies once the action is recorded.
    app.mailboxes.keep(true);
    check::bare(&notify(&app, ALICE, "m").await, 204);
    app.mailboxes.reappear();
    // While the action holds the cluster,
    check::bare(&notify(&app, ALICE, "m").await, 204);
    app.drain().await;
    let ended = action(&app, ALICE, &id).await;
    assert_eq!(ended["status"], "SUCCEEDED");
    app.mailboxes.reappear();
    app.mailboxes.keep(false);
    // and when it has ended.
    check::bare(&notify(&app, ALICE, "m").await, 204);
    app.drain().await;
    assert_eq!((actions(&app).await, app.mailboxes.count(queue)), (1, 0));
    assert_eq!(action(&app, ALICE, &id).await, ended);
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!(cluster["desired_capacity"], 2);
}

/// RHE-4.
#[tokio::test]
async fn rhe_4_what_is_refused_is_dropped_and_what_comes_behind_it_is_not() {
    let (app, _) = app().await;
    let profile = app.profile(BOB, "p").await;
    let theirs = app.cluster(BOB, "theirs", &profile, 0).await;
    let receiver = message(&app, ALICE, "m").await;
    let queue = text(&receiver["channel"], "queue_name");
    for nonsense in [
        json!("hello"),
        json!({ "cluster": "c" }),
        json!({ "cluster": "c", "action": "CLUSTER_FLY" }),
        json!({ "cluster": "nosuch", "action": "CLUSTER_CHECK" }),
        scale_out(&theirs),
    ] {
        send(&app, &receiver, &nonsense);
    }
    let first = send(&app, &receiver, &scale_out("c"));
    // The first one holds the cluster.
    let conflicting = send(&app, &receiver, &scale_out("c"));
    let profile = app.profile(ALICE, "q").await;
    app.cluster(ALICE, "d", &profile, 0).await;
    let last = send(&app, &receiver, &scale_out("d"));
    check::bare(&notify(&app, ALICE, "m").await, 204);
    assert_eq!(app.mailboxes.count(queue), 0);
    assert_eq!(actions(&app).await, 2);
    for id in [&first, &last] {
        assert_eq!(action(&app, ALICE, id).await["status"], "READY");
    }
    let lost = app.get(&format!("/v1/actions/{conflicting}")).by(ADMIN).send().await;
    assert_eq!(lost.status, 404);
    // Why is among the receiver's events: of each kind of refusal the first in a minute.
    let events = app.show(ALICE, "/v1/events?otype=RECEIVER&sort=timestamp", "events").await;
    let texts: Vec<&str> =
        events.as_array().unwrap().iter().map(|event| text(event, "status_reason")).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts.iter().all(|text| text.contains("was dropped: ")), "{texts:?}");
}

#[tokio::test]
async fn ten_messages_are_collected_at_once() {
    let (app, _) = app().await;
    let receiver = message(&app, ALICE, "m").await;
    let queue = text(&receiver["channel"], "queue_name");
    for _ in 0..12 {
        send(&app, &receiver, &json!({}));
    }
    for left in [2, 0] {
        check::bare(&notify(&app, ALICE, "m").await, 204);
        assert_eq!(app.mailboxes.count(queue), left);
    }
}

#[tokio::test]
async fn messages_reach_as_far_as_the_receivers_owner() {
    let (app, cluster) = app().await;
    // Of the same project, but not the cluster's owner.
    let readers = message(&app, READER, "m").await;
    send(&app, &readers, &scale_out("c"));
    check::bare(&notify(&app, READER, "m").await, 204);
    assert_eq!(actions(&app).await, 0);
    let admins = message(&app, ADMIN, "a").await;
    let id = send(&app, &admins, &scale_out(&cluster));
    check::bare(&notify(&app, ADMIN, "a").await, 204);
    let shown = action(&app, ADMIN, &id).await;
    assert_eq!((text(&shown, "user"), text(&shown, "target")), (ADMIN.user, cluster.as_str()));
}

#[tokio::test]
async fn only_the_owner_or_an_administrator_notifies_and_only_a_message_receiver_is() {
    let (app, _) = app().await;
    let receiver = message(&app, ALICE, "m").await;
    webhook(&app, ALICE, "r", "c").await;
    let forbidden = "You are not authorized to complete this operation.";
    for reference in ["m", "r"] {
        check::fault(&notify(&app, READER, reference).await, 403, "Forbidden", forbidden);
    }
    let wrong = "Notifying non-message receiver is not allowed.";
    check::fault(&notify(&app, ALICE, "r").await, 400, "BadRequest", wrong);
    let lost = "The receiver 'm' could not be found.";
    check::fault(&notify(&app, BOB, "m").await, 404, "ResourceNotFound", lost);
    check::bare(&notify(&app, ADMIN, text(&receiver, "id")).await, 204);
}

#[tokio::test]
async fn what_could_not_be_collected_is_collected_later() {
    let (app, _) = app().await;
    let receiver = message(&app, ALICE, "m").await;
    let id = send(&app, &receiver, &scale_out("c"));
    app.mailboxes.fail(true);
    let answer = notify(&app, ALICE, "m").await;
    assert_eq!((answer.status, answer.fault().0.as_str()), (503, "ServiceUnavailable"));
    app.mailboxes.fail(false);
    check::bare(&notify(&app, ALICE, "m").await, 204);
    assert_eq!(action(&app, ALICE, &id).await["status"], "READY");
}
