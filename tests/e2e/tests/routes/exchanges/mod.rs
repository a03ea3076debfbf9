//! Recorded exchanges with the reference, replayed in order (design: compatible with evidence).

mod accepted;
mod compare;
mod recording;

use accepted::{ACCEPTED, UNDER_WAY};
use compare::{Difference, Mapping, differences};
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use recording::{Recording, pending, recordings};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Response headers a client can rely on; the others are of the connection.
const HEADERS: [&str; 5] = ["content-type", "location", "openstack-api-version", "vary", "www-authenticate"];

#[test]
fn every_recording_is_replayed_or_waits_for_a_reason() {
    let replayed: BTreeSet<u32> = recordings().iter().map(|recording| recording.seq).collect();
    let pending: BTreeSet<u32> = pending().collect();
    assert_eq!(replayed.intersection(&pending).count(), 0, "pending recordings must not be replayed");
    let all: BTreeSet<u32> = replayed.union(&pending).copied().collect();
    assert_eq!(all, (1..=184).collect());
}

#[test]
fn every_accepted_difference_is_a_row_of_the_documented_ones() {
    let documented = include_str!("../../../../../COMPATIBILITY.md");
    for accepted in ACCEPTED {
        let row = format!("| {} |", accepted.row);
        assert!(
            documented.lines().any(|line| line.starts_with(&row)),
            "no row of COMPATIBILITY.md: {accepted:?}"
        );
    }
}

#[test]
fn a_comparison_sees_every_kind_of_difference() {
    let id = |digit: &str| json!(format!("{}-0000-4000-8000-000000000000", digit.repeat(8)));
    let recorded = json!({ "id": id("1"), "name": "make_11111111", "at": 1, "nodes": [id("2"), id("3")],
        "created_at": "2026-11-23T15:14:26Z", "end_time": 1.5 });
    let same = json!({ "id": id("a"), "name": "make_aaaaaaaa", "at": 1, "nodes": [id("c"), id("b")],
        "created_at": "2023-01-01T00:00:00Z", "end_time": 2.5 });
    for (key, value) in [
        ("none", json!(null)),
        ("name", json!("make_bbbbbbbb")),
        ("at", json!("1")),
        ("nodes", json!([id("b")])),
        ("nodes", json!([id("a"), id("b")])),
        ("created_at", json!("2023-01-01T00:00:00+00:00")),
        ("created_at", json!(null)),
        ("end_time", json!(2)),
        ("surprise", json!(1)),
    ] {
        let mut actual = same.clone();
        if key != "none" {
            actual[key] = value;
        }
        let mut found = Vec::new();
        differences("body", &recorded, &actual, &mut Mapping::default(), &mut found);
        let paths: Vec<&str> = found.iter().map(|difference| difference.path.as_str()).collect();
        let expected = format!("body.{key}");
        let expected = if key == "none" { vec![] } else { vec![expected.as_str()] };
        assert_eq!(paths, expected);
    }
}

#[test]
fn items_in_no_order_are_compared_with_those_they_stand_for() {
    let item = |id: u32, name: &str| json!({ "id": format!("{id:08}-0000-4000-8000-000000000000"), "policy_name": name });
    let mut mapping = Mapping::default();
    let mut compare = |recorded: Value, actual: Value| {
        let mut found = Vec::new();
        differences("body.cluster_policies", &recorded, &actual, &mut mapping, &mut found);
        found.into_iter().map(|difference| difference.path).collect::<Vec<_>>()
    };
    let (recorded, actual) = (json!([item(1, "b"), item(2, "a")]), json!([item(3, "a"), item(4, "b")]));
    assert_eq!(compare(recorded, actual), [""; 0]);
    // Now the ids are known, and count for more than the names.
    let (recorded, actual) = (json!([item(1, "b"), item(2, "a")]), json!([item(3, "b"), item(4, "a")]));
    let name = "body.cluster_policies.policy_name";
    assert_eq!(compare(recorded, actual), [name, name]);
}

#[tokio::test]
async fn recorded_requests_are_answered_as_the_reference_answered_them() {
    let app = TestApp::with(settings()).await;
    let mut mapping = Mapping::default();
    let mut used = BTreeSet::new();
    let mut complaints = Vec::new();
    for recording in recordings() {
        if !UNDER_WAY.contains(&recording.seq) {
            app.drain().await;
        }
        let answer = ask(&app, &mapping, &recording).await;
        for difference in compared(&recording, &answer, &mut mapping) {
            let place = ACCEPTED.iter().position(|accepted| accepted.covers(recording.seq, &difference.path));
            match place {
                Some(place) => drop(used.insert(place)),
                None => complaints.push(format!("{} {}: {difference}", recording.seq, recording.label)),
            }
        }
    }
    for (place, accepted) in ACCEPTED.iter().enumerate() {
        if accepted.certain && !used.contains(&place) {
            complaints.push(format!("accepted but no longer different: {accepted:?}"));
        }
    }
    assert!(complaints.is_empty(), "{} differences:\n{}", complaints.len(), complaints.join("\n"));
}

/// The reference's settings: deleting a cluster takes what depends on it along, and webhooks are called
/// elsewhere than the API is asked.
fn settings() -> Options {
    let settings = Settings {
        delete_with_dependency: true,
        receiver_url: Some("http://127.0.0.1:8777/v1".to_owned()),
        ..Settings::default()
    };
    Options { settings, ..Options::default() }
}

/// Sends the recorded request, with its ids as they are here.
async fn ask(app: &TestApp, mapping: &Mapping, recording: &Recording) -> Answer {
    let target = mapping.translate(&recording.target);
    let mut ask = app.request(recording.method.parse().unwrap(), &target);
    for (name, value) in &recording.headers {
        ask = ask.header(name, value);
    }
    ask = match recording.who.as_str() {
        "none" => ask,
        "demo" => ask.by(ALICE),
        "alt" => ask.by(BOB),
        "admin" => ask.by(ADMIN),
        "bad" => ask.token("nobody's"),
        other => panic!("nobody is called {other}"),
    };
    match &recording.body {
        Some(body) => ask.bytes(mapping.translate(body)).send().await,
        None => ask.send().await,
    }
}

fn compared(recording: &Recording, answer: &Answer, mapping: &mut Mapping) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |path: &str, recorded: &Value, actual: &Value| {
        differences(path, recorded, actual, mapping, &mut found);
    };
    compare("status", &recording.status.into(), &answer.status.into());
    for name in HEADERS {
        let recorded = recording.answer_headers.get(name).cloned().map_or(Value::Null, Value::from);
        let actual = answer.header(name).map_or(Value::Null, Value::from);
        compare(name, &recorded, &actual);
    }
    let request_id = answer.header("x-openstack-request-id").unwrap_or_default();
    compare("request-id", &36.into(), &request_id.trim_start_matches("req-").len().into());
    let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
    compare("body", &recording.answer, &body);
    found
}
