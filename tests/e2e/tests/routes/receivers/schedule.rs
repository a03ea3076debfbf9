//! Receivers of type `schedule`, which only those meet who ask for what this service adds.

use super::{ADDED, action, app, create, text};
use crate::check;
use coppice_domain::time::Timestamp;
use coppice_e2e::{ADMIN, ALICE, Answer, Person, READER, TestApp};
use coppice_engine::reconciler;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

async fn ask(app: &TestApp, person: Person, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let ask = app.request(method, path).by(person).header("openstack-api-version", ADDED);
    match body {
        Some(body) => ask.json(&json!({ "receiver": body })).send().await,
        None => ask.send().await,
    }
}

async fn post(app: &TestApp, person: Person, receiver: &Value) -> Answer {
    ask(app, person, Method::POST, "/v1/receivers", Some(receiver)).await
}

fn hourly(missed: &str) -> Value {
    json!({
        "name": "s", "type": "schedule", "cluster_id": "c", "action": "CLUSTER_SCALE_OUT",
        "params": { "count": 1 }, "schedule": { "cron": "0 * * * *", "missed": missed },
    })
}

/// Makes a receiver, and answers with what is shown of it.
async fn made(app: &TestApp, receiver: &Value) -> Value {
    post(app, ALICE, receiver).await.expect(201).json()["receiver"].take()
}

async fn next_run(app: &TestApp) -> Value {
    let shown = ask(app, ALICE, Method::GET, "/v1/receivers/s", None).await.expect(200).json();
    shown["receiver"]["schedule"]["next_run"].clone()
}

/// Lets time pass, and the reconciler run; answers with how many actions it started.
async fn pass(app: &TestApp, span: Duration) -> usize {
    app.clock.advance(span);
    reconciler::run(&app.system.worker).await.unwrap().scheduled
}

async fn listed(app: &TestApp, path: &str, what: &str) -> Vec<Value> {
    app.show(ALICE, path, what).await.as_array().unwrap().clone()
}

async fn actions(app: &TestApp) -> Vec<Value> {
    listed(app, "/v1/actions?action=CLUSTER_SCALE_OUT", "actions").await
}

async fn passed(app: &TestApp) -> Vec<Value> {
    listed(app, "/v1/events?otype=RECEIVER", "events").await
}

#[tokio::test]
async fn a_schedule_is_shown_with_its_next_run_to_those_who_ask() {
    let (app, cluster) = app().await;
    let mut receiver = hourly("skip");
    receiver["schedule"]["timezone"] = "Asia/Kathmandu".into();
    let answer = post(&app, ALICE, &receiver).await.expect(201);
    assert_eq!(answer.header("openstack-api-version"), Some(ADDED));
    let shown = answer.json()["receiver"].clone();
    assert_eq!((text(&shown, "type"), text(&shown, "cluster_id")), ("schedule", cluster.as_str()));
    assert_eq!(shown["channel"], json!({}));
    let schedule = json!({
        "cron": "0 * * * *", "timezone": "Asia/Kathmandu", "missed": "skip", "next_run": "2023-11-14T22:15:00Z",
    });
    assert_eq!(shown["schedule"], schedule);
    // Others see a receiver like any other.
    let mut plain = shown.clone();
    plain.as_object_mut().unwrap().retain(|key, _| !["schedule", "protection"].contains(&key.as_str()));
    assert_eq!(app.show(ALICE, "/v1/receivers/s", "receiver").await, plain);
    assert_eq!(listed(&app, "/v1/receivers", "receivers").await, [plain]);
    let query = "/v1/receivers?type=schedule";
    let all = ask(&app, ALICE, Method::GET, query, None).await.expect(200).json();
    assert_eq!(all["receivers"], json!([shown]));
    assert_eq!(app.get(query).by(ALICE).send().await.status, 400);
    // It is nobody's to call.
    let id = text(&shown, "id");
    let call = app.post(&format!("/v1/webhooks/{id}/trigger?V=2")).send().await;
    check::fault(&call, 404, "ResourceNotFound", &format!("The receiver '{id}' could not be found."));
    app.delete("/v1/receivers/s").by(ALICE).send().await.expect(204);
    assert_eq!(pass(&app, 2 * HOUR).await, 0);
}

#[tokio::test]
async fn nobody_makes_one_by_accident() {
    let (app, _) = app().await;
    for (receiver, text) in [
        (hourly("skip"), "Value 'schedule' is not acceptable for field 'type'."),
        (
            json!({ "name": "r", "type": "message", "schedule": {} }),
            "Additional properties are not allowed ('schedule' was unexpected)",
        ),
    ] {
        check::fault(&create(&app, ALICE, &receiver).await, 400, "HTTPBadRequest", text);
    }
    made(&app, &hourly("skip")).await;
    let change = json!({ "receiver": { "schedule": { "cron": "5 * * * *" } } });
    let answer = app.patch("/v1/receivers/s").by(ALICE).json(&change).send().await;
    let text = "Additional properties are not allowed ('schedule' was unexpected)";
    check::fault(&answer, 400, "HTTPBadRequest", text);
    // What is refused of an action is refused to everybody.
    let change = json!({ "receiver": { "action": "CLUSTER_DELETE" } });
    assert_eq!(app.patch("/v1/receivers/s").by(ALICE).json(&change).send().await.status, 400);
}

#[tokio::test]
async fn what_is_wrong_with_a_schedule_is_said() {
    let (app, _) = app().await;
    let with = |key: &str, value: Value| {
        let mut receiver = hourly("skip");
        receiver[key] = value;
        receiver
    };
    for (receiver, text) in [
        (with("cluster_id", Value::Null), "Cluster identity is required for creating schedule receiver."),
        (with("schedule", Value::Null), "A schedule is required for creating schedule receiver."),
        (with("schedule", json!({})), "A schedule has either 'cron' or 'at'."),
        (
            with("schedule", json!({ "cron": "0 25 * * *" })),
            "'25' in the cron expression's hour is not from 0 to 23.",
        ),
        (
            with("schedule", json!({ "at": "2023-11-14T22:13:00Z" })),
            "The schedule never runs: there is no such time to come.",
        ),
        (with("type", "webhook".into()), "Only a receiver of type 'schedule' has a schedule."),
        (with("cluster_id", "nosuch".into()), "The referenced cluster 'nosuch' could not be found."),
    ] {
        check::fault(&post(&app, ALICE, &receiver).await, 400, "BadRequest", text);
    }
    assert_eq!(post(&app, READER, &hourly("skip")).await.status, 403);
    assert_eq!(listed(&app, "/v1/receivers", "receivers").await, [json!(null); 0]);
    let version =
        app.get("/v1/receivers").by(ALICE).header("openstack-api-version", "coppice 2.0").send().await;
    let text = "Version '2.0' is not supported by the API. Minimum is '1.0' and maximum is '1.0'.";
    check::fault(&version, 406, "InvalidGlobalAPIVersion", text);
}

#[tokio::test]
async fn a_run_starts_its_action_for_the_owner_and_only_once() {
    let (app, cluster) = app().await;
    let shown = made(&app, &hourly("run_once")).await;
    assert_eq!(pass(&app, Duration::from_secs(60)).await, 0, "not yet");
    assert_eq!(pass(&app, HOUR).await, 1);
    assert_eq!(next_run(&app).await, "2023-11-15T00:00:00Z");
    let started = actions(&app).await;
    let [one] = &started[..] else { panic!("{started:?}") };
    let shown_action = action(&app, ALICE, text(one, "id")).await;
    assert_eq!(text(&shown_action, "name"), format!("schedule_{}", &text(&shown, "id")[..8]));
    assert_eq!((text(one, "target"), text(one, "user")), (cluster.as_str(), ALICE.user));
    assert_eq!(shown_action["inputs"], json!({ "count": 1 }));
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["desired_capacity"], 1);
    // Again and again.
    assert_eq!(pass(&app, HOUR).await, 1);
    app.drain().await;
    assert_eq!(actions(&app).await.len(), 2);
    assert_eq!(passed(&app).await, [json!(null); 0]);
}

#[tokio::test]
async fn whoever_dies_before_the_schedule_moved_on_leaves_a_run_that_is_made_already() {
    let (app, _) = app().await;
    let shown = made(&app, &hourly("run_once")).await;
    let id = text(&shown, "id").parse().unwrap();
    let run = Timestamp::from_micros(1_700_002_800_000_000);
    assert_eq!(pass(&app, HOUR).await, 1);
    app.drain().await;
    // As if the first had not come as far as this.
    let later = Timestamp::from_micros(1_700_006_400_000_000);
    app.store().schedule_advance(id, later, Some(run)).await.unwrap();
    assert_eq!(pass(&app, Duration::ZERO).await, 1);
    app.drain().await;
    assert_eq!(actions(&app).await.len(), 1, "one action");
    assert_eq!(next_run(&app).await, "2023-11-15T00:00:00Z");
    // One who comes late moves nothing back.
    app.store().schedule_advance(id, run, None).await.unwrap();
    assert_eq!(next_run(&app).await, "2023-11-15T00:00:00Z");
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["desired_capacity"], 1);
}

#[tokio::test]
async fn a_refused_run_is_an_event_and_the_next_one_stays() {
    let (app, cluster) = app().await;
    let shown = made(&app, &hourly("run_once")).await;
    let held = json!({ "scale_out": { "count": 1 } });
    let path = format!("/v1/clusters/{cluster}/actions");
    let holder = app.post(&path).by(ALICE).json(&held).send().await.expect(202).action();
    assert_eq!(pass(&app, HOUR).await, 0);
    let events = passed(&app).await;
    let [event] = &events[..] else { panic!("{events:?}") };
    let reason = format!(
        "The run of 2023-11-14T23:00:00Z was refused: The CLUSTER_SCALE_OUT action for target {cluster} \
         conflicts with the following action(s): {holder}"
    );
    assert_eq!(text(event, "status_reason"), reason);
    assert_eq!((text(event, "oid"), text(event, "oname")), (text(&shown, "id"), "s"));
    assert_eq!((text(event, "level"), text(event, "status")), ("WARN", "error"));
    assert_eq!((text(event, "action"), text(event, "cluster_id")), ("CLUSTER_SCALE_OUT", cluster.as_str()));
    assert_eq!(next_run(&app).await, "2023-11-15T00:00:00Z");
    app.drain().await;
    assert_eq!(pass(&app, HOUR).await, 1);
}

#[tokio::test]
async fn missed_runs_are_made_up_for_once_or_left_out() {
    for (missed, started) in [("run_once", 1), ("skip", 0)] {
        let (app, _) = app().await;
        made(&app, &hourly(missed)).await;
        assert_eq!(pass(&app, 5 * HOUR).await, started, "{missed}");
        app.drain().await;
        assert_eq!(next_run(&app).await, "2023-11-15T04:00:00Z", "{missed}");
        assert_eq!(pass(&app, Duration::ZERO).await, 0, "{missed}");
        let events = passed(&app).await;
        assert_eq!(events.len(), 1 - started, "{missed}");
        for event in events {
            let reason = "The run of 2023-11-14T23:00:00Z was missed, and is left out.";
            assert_eq!(text(&event, "status_reason"), reason);
        }
    }
}

#[tokio::test]
async fn a_single_time_runs_once_and_another_schedule_begins_anew() {
    let (app, _) = app().await;
    let mut receiver = hourly("skip");
    receiver["schedule"] = json!({ "at": "2023-11-15T00:00:00", "timezone": "Europe/Zurich" });
    made(&app, &receiver).await;
    assert_eq!(pass(&app, HOUR).await, 1);
    app.drain().await;
    assert_eq!(next_run(&app).await, Value::Null);
    assert_eq!(pass(&app, 24 * HOUR).await, 0);
    let path = "/v1/receivers/s";
    let change = json!({ "schedule": { "cron": "30 12 * * *" }, "action": "CLUSTER_CHECK" });
    let changed = ask(&app, ALICE, Method::PATCH, path, Some(&change)).await.expect(200).json();
    assert_eq!(changed["receiver"]["schedule"]["next_run"], "2023-11-16T12:30:00Z");
    let again = ask(&app, ALICE, Method::PATCH, path, Some(&change)).await;
    check::fault(&again, 400, "BadRequest", "No property needs an update.");
    let renamed = json!({ "name": "t" });
    ask(&app, ALICE, Method::PATCH, path, Some(&renamed)).await.expect(200);
    assert_eq!(pass(&app, 14 * HOUR).await, 1);
}

/// What there is to do by itself, each once by a cron expression and once at a single time.
#[tokio::test]
async fn every_action_that_can_be_scheduled_is_carried_out() {
    let (app, _) = app().await;
    let resize = json!({ "adjustment_type": "EXACT_CAPACITY", "number": 3 });
    for (action, params, nodes) in [
        ("CLUSTER_RESIZE", resize, 3),
        ("CLUSTER_SCALE_OUT", json!({ "count": 2 }), 7),
        ("CLUSTER_SCALE_IN", json!({ "count": 1 }), 5),
        ("CLUSTER_CHECK", json!({}), 5),
        ("CLUSTER_RECOVER", json!({ "check": true }), 5),
        ("CLUSTER_OPERATION", json!({ "operation": "reboot", "params": { "type": "SOFT" } }), 5),
    ] {
        for single in [false, true] {
            let at = app.system.env.now().plus(HOUR).iso_z();
            let schedule = if single { json!({ "at": at }) } else { json!({ "cron": "0 * * * *" }) };
            let mut receiver = hourly("run_once");
            (receiver["name"], receiver["action"]) = (action.into(), action.into());
            (receiver["params"], receiver["schedule"]) = (params.clone(), schedule.clone());
            let id = text(&made(&app, &receiver).await, "id").to_owned();
            assert_eq!(pass(&app, HOUR).await, 1, "{action} {schedule}");
            app.drain().await;
            let query = format!("/v1/actions?name=schedule_{}", &id[..8]);
            let started = listed(&app, &query, "actions").await;
            let [one] = &started[..] else { panic!("{action}: {started:?}") };
            let shown = self::action(&app, ALICE, text(one, "id")).await;
            assert_eq!((text(&shown, "action"), &shown["inputs"]), (action, &params));
            assert_eq!(text(&shown, "status"), "SUCCEEDED", "{shown}");
            app.delete(&format!("/v1/receivers/{id}")).by(ALICE).send().await.expect(204);
        }
        let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
        assert_eq!(cluster["nodes"].as_array().unwrap().len(), nodes, "{action}");
    }
}

#[tokio::test]
async fn a_schedule_that_an_administrator_makes_acts_for_the_clusters_owner() {
    let (app, cluster) = app().await;
    let mut receiver = hourly("run_once");
    receiver["cluster_id"] = cluster.into();
    post(&app, ADMIN, &receiver).await.expect(201);
    assert_eq!(pass(&app, HOUR).await, 1);
    assert_eq!(text(&actions(&app).await[0], "user"), ALICE.user);
}

#[tokio::test]
async fn the_samples_are_receivers() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "fleet", &profile, 0).await;
    for sample in [
        include_str!("../../../../../samples/receivers/nights.json"),
        include_str!("../../../../../samples/receivers/release.json"),
        include_str!("../../../../../samples/receivers/deploy.json"),
    ] {
        let ask = app.post("/v1/receivers").by(ALICE).header("openstack-api-version", ADDED).bytes(sample);
        ask.send().await.expect(201);
    }
}

#[tokio::test]
async fn schedules_that_are_not_due_cost_the_reconciler_nothing() {
    let (app, _) = app().await;
    pass(&app, Duration::from_secs(60)).await;
    let mut costs = Vec::new();
    for _ in 0..2 {
        let before = app.usage();
        pass(&app, Duration::from_secs(60)).await;
        let after = app.usage();
        costs.push((after.read_units - before.read_units, after.write_units - before.write_units));
        for number in 0..20 {
            let mut receiver = hourly("skip");
            receiver["name"] = format!("s{number}").into();
            made(&app, &receiver).await;
        }
    }
    assert_eq!(costs[0], costs[1]);
}
