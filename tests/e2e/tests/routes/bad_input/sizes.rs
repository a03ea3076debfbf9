//! Requests that are too large, and those that just are not.

use super::assert_sound;
use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp, spec};
use serde_json::{Value, json};

const KIB: usize = 1024;

fn filler(bytes: usize) -> Value {
    json!({ "k": "x".repeat(bytes) })
}

async fn post(app: &TestApp, target: &str, body: &Value) -> Answer {
    app.post(target).by(ALICE).json(body).send().await
}

#[tokio::test]
async fn a_body_beyond_a_mebibyte_is_refused() {
    let app = TestApp::new().await;
    let before = app.items().await;
    for bytes in [KIB * KIB, 2 * KIB * KIB, 7 * KIB * KIB] {
        let body = json!({ "profile": { "name": "p", "spec": spec(), "metadata": filler(bytes) } });
        let length = body.to_string().len();
        let answer = post(&app, "/v1/profiles", &body).await;
        let text = format!(
            "Request limit exceeded: JSON body size ({length} bytes) exceeds maximum allowed size (1048576 bytes)."
        );
        check::fault(&answer, 400, "RequestLimitExceeded", &text);
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn a_value_beyond_256_kib_is_refused() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let before = app.items().await;
    let large = filler(256 * KIB);
    let mut large_spec = spec();
    large_spec["properties"]["user_data"] = json!("x".repeat(256 * KIB));
    let cluster = |extra: Value| {
        let mut cluster = json!({ "name": "d", "profile_id": "p" });
        cluster.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "cluster": cluster })
    };
    for (target, body) in [
        ("/v1/profiles", json!({ "profile": { "name": "q", "spec": spec(), "metadata": large } })),
        ("/v1/profiles", json!({ "profile": { "name": "q", "spec": large_spec } })),
        ("/v1/clusters", cluster(json!({ "metadata": large }))),
        ("/v1/clusters", cluster(json!({ "config": large }))),
    ] {
        let answer = post(&app, target, &body).await;
        assert_eq!(answer.status, 400, "{target}: {}", answer.text());
        assert_eq!(answer.fault().0, "RequestLimitExceeded");
    }
    for (target, body) in [
        ("/v1/profiles/p", json!({ "profile": { "metadata": large } })),
        ("/v1/clusters/c", json!({ "cluster": { "metadata": large } })),
        ("/v1/clusters/c", json!({ "cluster": { "config": large } })),
    ] {
        let answer = app.patch(target).by(ALICE).at("1.14").json(&body).send().await;
        assert_eq!(answer.status, 400, "{target}: {}", answer.text());
        assert_eq!(answer.fault().0, "RequestLimitExceeded");
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn a_value_just_below_is_kept_whole() {
    let app = TestApp::new().await;
    let just = filler(256 * KIB - 8);
    let body = json!({ "profile": { "name": "p", "spec": spec(), "metadata": just } });
    assert_eq!(post(&app, "/v1/profiles", &body).await.status, 201);
    assert_eq!(app.show(ALICE, "/v1/profiles/p", "profile").await["metadata"], just);
    let body =
        json!({ "cluster": { "name": "c", "profile_id": "p", "metadata": just, "desired_capacity": 1 } });
    assert_eq!(post(&app, "/v1/clusters", &body).await.status, 202);
    app.drain().await;
    let shown = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!((&shown["metadata"], &shown["status"]), (&just, &json!("ACTIVE")));
}

#[tokio::test]
async fn two_large_values_together_are_kept_or_refused() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let large = filler(250 * KIB);
    let mut large_spec = spec();
    large_spec["properties"]["user_data"] = json!("x".repeat(250 * KIB));
    let mut complaints = Vec::new();
    for (target, body) in [
        ("/v1/profiles", json!({ "profile": { "name": "q", "spec": large_spec, "metadata": large } })),
        (
            "/v1/clusters",
            json!({ "cluster": { "name": "c", "profile_id": "p", "metadata": large, "config": large } }),
        ),
    ] {
        let before = app.items().await;
        let answer = post(&app, target, &body).await;
        if answer.status >= 500 {
            complaints.push(format!("POST {target}: {} {}", answer.status, answer.text()));
        }
        if answer.status >= 400 {
            assert_eq!(app.items().await, before, "{target}");
        }
    }
    app.cluster(ALICE, "d", "p", 0).await;
    let update = json!({ "cluster": { "metadata": large, "config": large } });
    let answer = app.patch("/v1/clusters/d").by(ALICE).at("1.14").json(&update).send().await;
    if answer.status >= 500 {
        complaints.push(format!("PATCH /v1/clusters/d: {} {}", answer.status, answer.text()));
    }
    // Values that are taken one after the other add up as well.
    for update in [json!({ "metadata": large }), json!({ "config": large })] {
        let body = json!({ "cluster": update });
        let answer = app.patch("/v1/clusters/d").by(ALICE).at("1.14").json(&body).send().await;
        assert_sound(&answer, "one after the other");
        if answer.status == 400 {
            continue;
        }
        let drained = app.drain().await;
        let action = app.show(ALICE, &format!("/v1/actions/{}", answer.action()), "action").await;
        if action["status"] != "SUCCEEDED" {
            complaints.push(format!("{drained:?}: {} {}", action["status"], action["status_reason"]));
        }
    }
    let shown = app.show(ALICE, "/v1/clusters/d", "cluster").await;
    if shown["status"] != "ACTIVE" {
        complaints.push(format!("cluster d is {} ({})", shown["status"], shown["status_reason"]));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test]
async fn a_list_that_cannot_be_answered_whole_asks_for_a_limit() {
    let app = TestApp::new().await;
    let metadata = filler(250 * KIB);
    for number in 0..24 {
        let body =
            json!({ "profile": { "name": format!("p{number}"), "spec": spec(), "metadata": metadata } });
        assert_eq!(post(&app, "/v1/profiles", &body).await.status, 201);
    }
    let whole = app.get("/v1/profiles").by(ALICE).send().await;
    assert_eq!(whole.status, 400, "{}", &whole.text()[..200.min(whole.body.len())]);
    assert_eq!(whole.fault().0, "RequestLimitExceeded");
    assert!(whole.fault().1.contains("limit"), "{}", whole.text());
    assert_eq!(app.get("/v1/profiles?limit=10").by(ALICE).send().await.status, 200);
}
