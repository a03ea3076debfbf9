//! Tenants are walls (invariant 8): every endpoint without a token, with one that is no good, and with
//! those of another project, a reader and an administrator; and what the one endpoint without a token does.

use crate::check;
use crate::clusters::fixtures::orphan;
use crate::endpoints::{OPEN, World, endpoints};
use crate::receivers::{action, create, text};
use coppice_domain::node::NodeStatus;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, READER, STALE, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn without_a_good_token_nothing_is_answered_and_nothing_changes() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let before = app.items().await;
    for endpoint in endpoints() {
        for answer in [
            endpoint.ask(&app, &world, |ask| ask).await,
            endpoint.ask(&app, &world, |ask| ask.token("")).await,
            endpoint.ask(&app, &world, |ask| ask.token("guessed")).await,
            endpoint.ask(&app, &world, |ask| ask.by(STALE)).await,
        ] {
            unauthorised(&answer);
        }
    }
    assert_eq!(app.items().await, before);
}

/// What may be asked without a token is answered alike whatever token comes with it: none is looked at.
#[tokio::test]
async fn an_open_row_answers_everybody_alike_whatever_token_they_send() {
    let targets = [
        ("/", 300),
        ("/versions", 300),
        ("/v1", 200),
        ("/v1/openapi.json", 200),
        ("/v1/webhooks/{receiver}/trigger?V=2", 202),
    ];
    let mut told: Vec<Vec<(String, Value)>> = Vec::new();
    for token in [None, Some(""), Some("guessed"), Some(STALE.token), Some(BOB.token), Some(ALICE.token)] {
        let app = TestApp::new().await;
        let world = World::make(&app, ALICE).await;
        let theirs = theirs_of(&app).await;
        let mut answers = Vec::new();
        for (row, (target, status)) in OPEN.iter().zip(targets) {
            let (method, _) = row.split_once(' ').unwrap();
            let mut ask = app.request(method.parse().unwrap(), &world.fill(target));
            if let Some(token) = token {
                ask = ask.token(token);
            }
            let answer = ask.send().await;
            assert_eq!(answer.status, status, "{row} with {token:?}: {}", answer.text());
            answers.push((format!("{row} {:?}", answer.header("content-type")), answer.json()));
        }
        // The call of the webhook was its owner's, and nobody else's.
        let started = text(&answers[OPEN.len() - 1].1, "action").to_owned();
        let shown = action(&app, ALICE, &started).await;
        assert_eq!((text(&shown, "user"), text(&shown, "project")), (ALICE.user, ALICE.project), "{token:?}");
        app.drain().await;
        assert_eq!(theirs_of(&app).await, theirs, "{token:?}");
        told.push(answers);
    }
    assert!(told.iter().all(|answers| *answers == told[0]), "{told:?}");
}

#[track_caller]
fn unauthorised(answer: &Answer) {
    check::bare(answer, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Keystone uri=\"http://127.0.0.1:5000\""));
    assert_eq!(
        answer.text(),
        "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\", \"message\": \"The request you have made \
         requires authentication.\"}}"
    );
}

#[tokio::test]
async fn another_project_sees_nothing_and_changes_nothing() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let before = app.items().await;
    for endpoint in endpoints() {
        let answer = endpoint.ask(&app, &world, |ask| ask.by(BOB)).await;
        let (method, path) = (&endpoint.method, endpoint.path);
        assert_eq!(answer.status, endpoint.foreign_status(), "{method} {path}: {}", answer.text());
        for secret in ["secret", ALICE.user, ALICE.project] {
            assert!(!answer.text().contains(secret), "{method} {path} tells: {}", answer.text());
        }
    }
    let after = app.items().await;
    let changed: Vec<_> = before.iter().filter(|(key, item)| after.get(*key) != Some(item)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[tokio::test]
async fn readers_and_administrators_may_do_what_members_may() {
    // The reference's default rules ask for no role (spec api-common §15): the project is the wall, and a
    // receiver's owner.
    for person in [ALICE, READER, ADMIN] {
        let app = TestApp::new().await;
        let world = World::make(&app, ALICE).await;
        for endpoint in endpoints() {
            let answer = endpoint.ask(&app, &world, |ask| ask.by(person)).await;
            let (method, path, body) = (&endpoint.method, endpoint.path, &endpoint.body);
            let expected = endpoint.status(person);
            assert_eq!(answer.status, expected, "{method} {path} {body:?} by {person:?}: {}", answer.text());
            app.drain().await;
            // One scaling after another is refused for a while, by the policy that is attached.
            app.clock.advance(Duration::from_secs(601));
        }
    }
}

#[tokio::test]
async fn what_an_administrator_changes_stays_its_owners() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let target = world.fill("/v1/clusters/{cluster}/actions");
    let body = json!({ "scale_out": {} });
    let action = app.post(&target).by(ADMIN).json(&body).send().await.expect(202).action();
    app.drain().await;
    let nodes = app.show(ALICE, &world.fill("/v1/nodes?cluster_id={cluster}"), "nodes").await;
    assert_eq!(check::column(&nodes, "project"), [ALICE.project, ALICE.project]);
    let shown = app.show(ADMIN, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(shown["status"], "SUCCEEDED");
}

#[tokio::test]
async fn a_webhook_acts_for_its_receivers_owner_alone() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let theirs = app.profile(BOB, "theirs").await;
    let cluster = app.cluster(BOB, "theirs", &theirs, 1).await;
    let member = text(&app.show(BOB, "/v1/nodes", "nodes").await[0], "id").to_owned();
    let node = orphan(&app, BOB, "theirs", &theirs, NodeStatus::Active).await;
    let before = theirs_of(&app).await;
    // Whatever a receiver does, and whoever calls it with whose ids.
    for (kind, inputs) in [
        ("CLUSTER_CHECK", json!({ "cluster_id": cluster })),
        ("CLUSTER_ADD_NODES", json!({ "nodes": [node] })),
        ("CLUSTER_REPLACE_NODES", json!({ "candidates": { world.fill("{node}"): node } })),
        ("CLUSTER_DEL_NODES", json!({ "candidates": [member], "destroy_after_deletion": true })),
        ("CLUSTER_OPERATION", json!({ "operation": "reboot", "params": {}, "nodes": [member, node] })),
        ("CLUSTER_UPDATE", json!({ "new_profile_id": theirs, "profile_only": true })),
    ] {
        let body = json!({
            "name": kind, "type": "webhook", "cluster_id": world.fill("{cluster}"), "action": kind,
        });
        create(&app, ALICE, &body).await.expect(201);
        let call = app.post(&format!("/v1/webhooks/{kind}/trigger?V=2&cluster_id={cluster}")).by(BOB);
        let id = call.json(&inputs).send().await.expect(202).action();
        app.drain().await;
        let shown = action(&app, ALICE, &id).await;
        assert_eq!((text(&shown, "user"), text(&shown, "project")), (ALICE.user, ALICE.project));
        assert_eq!(text(&shown, "target"), world.fill("{cluster}"));
        let lost = app.get(&format!("/v1/actions/{id}")).by(BOB).send().await;
        assert_eq!(lost.status, 404, "{kind}");
        assert_eq!(theirs_of(&app).await, before, "{kind}");
        let own = app.show(ALICE, &world.fill("/v1/clusters/{cluster}"), "cluster").await;
        assert_eq!(text(&own, "profile_name"), "secret-profile", "{kind}");
    }
}

/// What Bob has.
async fn theirs_of(app: &TestApp) -> Vec<Value> {
    let mut all = Vec::new();
    for collection in ["profiles", "clusters", "nodes", "actions", "events"] {
        all.push(app.show(BOB, &format!("/v1/{collection}"), collection).await);
    }
    all
}
