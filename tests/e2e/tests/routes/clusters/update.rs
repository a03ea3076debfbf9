//! `PATCH /v1/clusters/{id}`.

use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp};
use serde_json::{Value, json};

async fn update(app: &TestApp, reference: &str, microversion: &str, cluster: &Value) -> Answer {
    let body = json!({ "cluster": cluster });
    app.patch(&format!("/v1/clusters/{reference}")).by(ALICE).at(microversion).json(&body).send().await
}

#[tokio::test]
async fn the_old_values_are_shown_until_the_action_has_changed_them() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 1).await;
    let asked = json!({ "name": "d", "metadata": { "a": 1 }, "timeout": 7, "identity": "nobody" });
    let answer = update(&app, "c", "1.0", &asked).await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(answer.json()["cluster"]["name"], "c");
    let inputs = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await["inputs"].clone();
    assert_eq!(inputs, json!({ "name": "d", "metadata": { "a": 1 }, "timeout": 7 }));
    app.drain().await;
    let shown = app.show(ALICE, "/v1/clusters/d", "cluster").await;
    assert_eq!(
        (&shown["id"], &shown["timeout"], &shown["metadata"]),
        (&json!(id), &json!(7), &json!({ "a": 1 }))
    );
    assert_eq!(app.get("/v1/clusters/c").by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn properties_count_from_the_microversion_that_brought_them() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let nothing = "No property needs an update.";
    let only = json!({ "profile_only": true });
    check::fault(&update(&app, "c", "1.5", &only).await, 400, "BadRequest", nothing);
    check::accepted(&update(&app, "c", "1.6", &only).await, "1.6");
    app.drain().await;
    let config = json!({ "config": { "k": 1 } });
    check::fault(&update(&app, "c", "1.6", &config).await, 400, "BadRequest", nothing);
    check::accepted(&update(&app, "c", "1.7", &config).await, "1.7");
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["config"], json!({ "k": 1 }));
}

#[tokio::test]
async fn what_cannot_be_updated_is_refused_in_order() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let unexpected = "Additional properties are not allowed ('desired_capacity', 'min_size' were unexpected)";
    for (reference, cluster, status, kind, text) in [
        ("x", json!({ "min_size": 1, "desired_capacity": 1 }), 400, "HTTPBadRequest", unexpected),
        ("x", json!({ "name": "d" }), 404, "ResourceNotFound", "The cluster 'x' could not be found."),
        ("c", json!({ "name": "c", "profile_id": null }), 400, "BadRequest", "No property needs an update."),
        (
            "c",
            json!({ "profile_id": "q" }),
            400,
            "BadRequest",
            "The specified profile 'q' could not be found.",
        ),
        (
            "c",
            json!(null),
            400,
            "HTTPBadRequest",
            "Malformed request data, missing 'cluster' key in request body.",
        ),
    ] {
        check::fault(&update(&app, reference, "1.0", &cluster).await, status, kind, text);
    }
}

#[tokio::test]
async fn a_cluster_in_error_is_not_updated_whatever_is_asked_for() {
    let app = TestApp::new().await;
    let mut spec = coppice_e2e::spec();
    spec["properties"]["metadata"] = json!({ "simulated.fail": "error" });
    let profile = json!({ "profile": { "name": "p", "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&profile).send().await.expect(201);
    let cluster = json!({ "name": "c", "profile_id": "p", "min_size": 1, "desired_capacity": 1 });
    app.post("/v1/clusters").by(ALICE).json(&json!({ "cluster": cluster })).send().await.expect(202);
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["status"], "ERROR");
    let text = "Updating a cluster in error state is not supported.";
    for change in [json!({ "name": "d" }), json!({ "profile_id": "q" }), json!({ "name": "c" })] {
        let before = app.items().await;
        let answer = update(&app, "c", "1.0", &change).await;
        check::fault(&answer, 409, "FeatureNotSupported", text);
        assert_eq!(app.items().await, before, "{change}");
    }
}

#[tokio::test]
async fn one_change_at_a_time() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 0).await;
    let first = update(&app, "c", "1.0", &json!({ "name": "d" })).await.expect(202).action();
    let second = update(&app, "c", "1.0", &json!({ "name": "e" })).await;
    let text =
        format!("The CLUSTER_UPDATE action for target {id} conflicts with the following action(s): {first}");
    check::fault(&second, 409, "ActionConflict", &text);
}
