//! `GET /v1/events`.

use crate::check;
use coppice_e2e::{ALICE, BOB, TestApp};
use serde_json::{Value, json};

async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 2).await;
    app.act(ALICE, "c", &json!({ "scale_in": {} })).await;
    app.drain().await;
    app.cluster(ALICE, "d", &profile, 0).await;
    (app, id)
}

async fn list(app: &TestApp, query: &str) -> Value {
    let answer = app.get(&format!("/v1/events{query}")).by(ALICE).send().await;
    check::resource(&answer, 200, "1.0");
    answer.json()["events"].take()
}

#[tokio::test]
async fn requested_actions_leave_events_and_derived_ones_none() {
    let (app, id) = app().await;
    let all = list(&app, "").await;
    assert_eq!(check::column(&all, "status"), ["start", "end", "start", "end", "start", "end"]);
    assert_eq!(check::column(&all, "action")[2..4], ["CLUSTER_SCALE_IN", "CLUSTER_SCALE_IN"]);
    assert_eq!(check::column(&all, "otype")[0], "CLUSTER");
    for (query, count) in [
        ("?oname=d".to_owned(), 2),
        (format!("?oid={id}"), 4),
        ("?otype=NODE".to_owned(), 0),
        ("?cluster_id=c".to_owned(), 4),
        ("?cluster_id=c&cluster_id=d".to_owned(), 6),
        ("?cluster_id=nosuch".to_owned(), 0),
        ("?action=CLUSTER_CREATE".to_owned(), 4),
        ("?level=INFO".to_owned(), 6),
        ("?level=ERROR&level=WARN".to_owned(), 0),
        ("?limit=5&sort=timestamp:desc".to_owned(), 5),
    ] {
        assert_eq!(list(&app, &query).await.as_array().unwrap().len(), count, "{query}");
    }
    let theirs = app.get("/v1/events").by(BOB).send().await;
    assert_eq!(theirs.json(), json!({ "events": [] }));
}

/// Level, phase and text of both events of an action.
fn told(events: &Value, action: &str) -> Vec<(String, String, String)> {
    let events = events.as_array().unwrap().iter().filter(|event| event["action"] == action);
    let field = |event: &Value, key: &str| event[key].as_str().unwrap().to_owned();
    events
        .map(|event| (field(event, "level"), field(event, "status"), field(event, "status_reason")))
        .collect()
}

#[tokio::test]
async fn engine_receivers_health_events_3_a_cluster_that_is_made_is_told_of_as_in_the_sample() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", "p", 2).await;
    let action = app.show(ALICE, "/v1/actions?action=CLUSTER_CREATE", "actions").await[0]["id"].take();
    let sample = [("start", &action.as_str().unwrap()[..8]), ("end", "Cluster creation succeeded.")];
    let expected = sample.map(|(phase, text)| ("INFO".to_owned(), phase.to_owned(), text.to_owned()));
    assert_eq!(told(&list(&app, "").await, "CLUSTER_CREATE"), expected);
}

/// RHE-13: who waits for a lock does so without a pair of events for each attempt.
#[tokio::test]
async fn rhe_13_an_action_is_told_of_when_it_starts_and_when_it_ends() {
    let (app, _) = app().await;
    let operation = json!({ "reboot": { "params": { "type": "SOFT" } } });
    let reboot = app.post("/v1/clusters/c/ops").by(ALICE).at("1.4").json(&operation).send().await;
    let reboot = reboot.expect(202).action();
    app.drain().await;
    // What the API would have refused: a receiver's inputs are not looked at.
    let receiver = json!({ "receiver": {
        "name": "r", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_SCALE_OUT", "params": { "count": "x" },
    } });
    let receiver = app.post("/v1/receivers").by(ALICE).json(&receiver).send().await.expect(201).json();
    let call = format!("/v1/webhooks/{}/trigger?V=2", receiver["receiver"]["id"].as_str().unwrap());
    let failed = app.post(&call).send().await.expect(202).action();
    app.drain().await;
    let orphan = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "" } });
    app.post("/v1/nodes").by(ALICE).json(&orphan).send().await.expect(202);
    app.drain().await;

    let all = list(&app, "").await;
    let event = |level: &str, phase: &str, text: &str| (level.to_owned(), phase.to_owned(), text.to_owned());
    // An operation is called by its own name.
    let said = told(&all, "reboot");
    assert_eq!(said[0], event("INFO", "start", &reboot[..8]));
    assert_eq!((said.len(), &said[1].0[..], &said[1].1[..]), (2, "INFO", "end"));
    let action = app.show(ALICE, &format!("/v1/actions/{failed}"), "action").await;
    assert_eq!(action["status"], "FAILED");
    let reason = action["status_reason"].as_str().unwrap();
    assert_eq!(
        told(&all, "CLUSTER_SCALE_OUT"),
        [event("INFO", "start", &failed[..8]), event("ERROR", "error", reason)]
    );
    assert_eq!(told(&all, "CLUSTER_CREATE")[1], event("INFO", "end", "Cluster creation succeeded."));
    let of_node: Vec<&Value> =
        all.as_array().unwrap().iter().filter(|event| event["otype"] == "NODE").collect();
    assert_eq!(of_node.len(), 2);
    assert!(of_node.iter().all(|event| event["cluster_id"].is_null() && event["oname"] == "n"));
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = TestApp::new().await;
    for (query, text) in [
        ("colour=1", "Invalid parameter colour"),
        ("level=20", "Field value 20 is invalid"),
        ("level=info", "Field value info is invalid"),
        ("sort=user", "Unsupported sort key 'user' for 'sort'."),
        ("global_project=2", "Invalid value '2' specified for 'global_project'"),
    ] {
        let answer = app.get(&format!("/v1/events?{query}")).by(ALICE).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
}
