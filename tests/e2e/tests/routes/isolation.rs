//! Tenants are walls (invariant 8): every endpoint without a token, with one that is no good, and with
//! those of another project, a reader and an administrator.

use crate::check;
use crate::endpoints::{Foreign, World, endpoints};
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, READER, STALE, TestApp};

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
        let expected = match endpoint.foreign {
            Foreign::Same | Foreign::Own => endpoint.status,
            Foreign::Absent => 404,
            Foreign::Refused => 400,
            Foreign::Forbidden => 403,
        };
        let (method, path) = (&endpoint.method, endpoint.path);
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text());
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
    // The reference's default rules ask for no role (spec api-common §15): the project is the wall.
    for person in [ALICE, READER, ADMIN] {
        let app = TestApp::new().await;
        let world = World::make(&app, ALICE).await;
        for endpoint in endpoints() {
            let answer = endpoint.ask(&app, &world, |ask| ask.by(person)).await;
            // An administrator's own cluster keeps the profile in use, as does the member's.
            let in_use = endpoint.path == "/v1/profiles/{profile}" && endpoint.status == 204;
            let expected = if in_use { 409 } else { endpoint.status };
            let (method, path) = (&endpoint.method, endpoint.path);
            assert_eq!(answer.status, expected, "{method} {path} by {person:?}: {}", answer.text());
            app.drain().await;
        }
    }
}

#[tokio::test]
async fn what_an_administrator_changes_stays_its_owners() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let target = world.fill("/v1/clusters/{cluster}/actions");
    let body = serde_json::json!({ "scale_out": {} });
    let action = app.post(&target).by(ADMIN).json(&body).send().await.expect(202).action();
    app.drain().await;
    let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
    assert_eq!(check::column(&nodes, "project"), [ALICE.project, ALICE.project]);
    let shown = app.show(ADMIN, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(shown["status"], "SUCCEEDED");
}
