//! Finished actions and events are kept for a time. The table deletes them some time after that; nobody sees
//! them meanwhile.

use crate::check;
use coppice_compute::simulated::SimulatedConfig;
use coppice_domain::time::Clock;
use coppice_e2e::{ALICE, TestApp, deletion_policy};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Where history is kept for a week.
async fn app(simulated: SimulatedConfig) -> TestApp {
    let settings = Settings { retention: KEPT, ..Settings::default() };
    TestApp::with(Options { settings, simulated }).await
}

/// Something of every kind: actions on clusters and nodes, derived ones, refused ones and cancelled ones.
async fn history(app: &TestApp) {
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 3).await;
    let policy = app.policy(ALICE, "del", &deletion_policy()).await;
    for body in [
        json!({ "policy_attach": { "policy_id": policy } }),
        json!({ "scale_in": {} }),
        json!({ "check": {} }),
        json!({ "recover": { "operation": "REBOOT" } }),
        json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 4 } }),
    ] {
        app.act(ALICE, "c", &body).await;
        app.drain().await;
    }
    let node = app.show(ALICE, "/v1/nodes?limit=1", "nodes").await[0]["id"].as_str().unwrap().to_owned();
    app.post(&format!("/v1/nodes/{node}/actions")).by(ALICE).json(&json!({ "check": {} })).send().await;
    app.drain().await;
    app.delete(&format!("/v1/nodes/{node}")).by(ALICE).send().await.expect(202);
    app.drain().await;
    // A creation that its cluster's deletion takes the cluster over from.
    let taken = app.cluster_accepted(ALICE, "d", &profile, 2).await;
    app.answer_next().await;
    app.delete(&format!("/v1/clusters/{taken}")).by(ALICE).send().await.expect(202);
    app.drain().await;
}

/// When an item of the table expires, in seconds.
fn expiry(item: &BTreeMap<String, String>) -> Option<i64> {
    item.get("expires_at").and_then(|shown| shown.strip_prefix("N(\"")?.strip_suffix("\")")?.parse().ok())
}

#[tokio::test]
async fn everything_that_is_history_expires_and_nothing_else_does() {
    for fail_rate in [0.0, 0.5] {
        let app = app(SimulatedConfig { fail_rate, ..SimulatedConfig::default() }).await;
        let began = app.clock.now().plus(KEPT).seconds();
        history(&app).await;
        let over = app.clock.now().plus(KEPT).seconds();
        let (mut actions, mut derived, mut events) = (0, 0, 0);
        for (key, item) in app.items().await {
            let kind = key.trim_start_matches("S(\"").chars().next();
            actions += usize::from(kind == Some('X'));
            derived += usize::from(kind == Some('X') && item.contains_key("parent"));
            events += usize::from(kind == Some('E'));
            let expires = expiry(&item);
            match kind {
                // Everything has been drained: every action has ended.
                Some('X' | 'E') => assert!(expires.is_some_and(|at| (began..=over).contains(&at)), "{key}"),
                _ => assert_eq!(expires, None, "{key}"),
            }
        }
        assert!(actions > 10 && derived > 10 && events > 10, "{actions} {derived} {events}");
    }
}

async fn count(app: &TestApp, what: &str, query: &str) -> usize {
    app.show(ALICE, &format!("/v1/{what}{query}"), what).await.as_array().unwrap().len()
}

#[tokio::test]
async fn what_has_expired_is_not_there_although_the_table_still_has_it() {
    let app = app(SimulatedConfig::default()).await;
    history(&app).await;
    let old: Value = app.show(ALICE, "/v1/actions?limit=1", "actions").await[0].clone();
    let event = app.show(ALICE, "/v1/events?limit=1", "events").await[0]["id"].clone();
    let short = |id: &Value| id.as_str().unwrap()[..8].to_owned();
    let (id, event, name) = (old["id"].clone(), event.as_str().unwrap().to_owned(), old["name"].clone());
    app.clock.advance(KEPT - DAY);
    assert!(count(&app, "actions", "").await > 10);
    assert!(count(&app, "events", "").await > 10);
    app.act(ALICE, "c", &json!({ "check": {} })).await;
    app.drain().await;
    app.clock.advance(DAY + DAY);
    assert!(app.items().await.len() > 30, "nothing has been deleted");
    // What is left is the check: its action, those derived for three members, and two events.
    for query in ["", "?sort=name", "?sort=created_at:desc", "?limit=100"] {
        assert_eq!(count(&app, "actions", query).await, 4, "{query}");
    }
    for query in ["", "?sort=oname", "?sort=timestamp:desc"] {
        assert_eq!(count(&app, "events", query).await, 2, "{query}");
    }
    let (id, name) = (id.as_str().unwrap().to_owned(), name.as_str().unwrap().to_owned());
    for reference in [id.clone(), short(&json!(id)), name] {
        let answer = app.get(&format!("/v1/actions/{reference}")).by(ALICE).send().await;
        let text = format!("The action '{reference}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
    for reference in [event.clone(), short(&json!(event))] {
        let answer = app.get(&format!("/v1/events/{reference}")).by(ALICE).send().await;
        let text = format!("The event '{reference}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    let answer = app.patch(&format!("/v1/actions/{id}")).by(ALICE).at("1.14").json(&cancel).send().await;
    check::fault(&answer, 404, "ResourceNotFound", &format!("The action '{id}' could not be found."));
    assert!(app.system.services.dynamodb.sweep_expired().is_ok());
}
