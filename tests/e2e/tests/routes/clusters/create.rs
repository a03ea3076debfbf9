//! `POST /v1/clusters`.

use super::KEYS;
use crate::check;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, Person, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};

async fn create(app: &TestApp, person: Person, cluster: &Value) -> Answer {
    app.post("/v1/clusters").by(person).json(&json!({ "cluster": cluster })).send().await
}

#[tokio::test]
async fn a_cluster_is_accepted_and_then_made() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let asked = json!({
        "name": "c", "profile_id": "p", "min_size": 1, "max_size": "5", "desired_capacity": 2,
        "metadata": { "m": 1 }, "timeout": 60, "config": { "node.name.format": "web-$3I" },
    });
    let answer = create(&app, ALICE, &asked).await;
    let action = check::accepted(&answer, "1.0");
    let shown = answer.json()["cluster"].clone();
    assert_eq!(check::keys(&shown), KEYS);
    let expected = json!({
        "id": shown["id"], "name": "c", "profile_id": profile, "profile_name": "p",
        "user": ALICE.user, "project": ALICE.project, "domain": null,
        "init_at": "2023-11-14T22:13:20Z", "created_at": null, "updated_at": null,
        "min_size": 1, "max_size": 5, "desired_capacity": 2, "timeout": 60,
        "status": "INIT", "status_reason": "Initializing", "metadata": { "m": 1 },
        "data": {}, "dependents": {}, "config": { "node.name.format": "web-$3I" },
        "nodes": [], "policies": [],
    });
    assert_eq!(shown, expected);

    let queued = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!((&queued["status"], &queued["status_reason"]), (&json!("READY"), &json!("")));
    app.drain().await;
    let made = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!(made["status"], "ACTIVE");
    let reason = "CLUSTER_CREATE: number of active nodes is equal or above desired_capacity (2).";
    assert_eq!(made["status_reason"], reason);
    assert_eq!(made["nodes"].as_array().unwrap().len(), 2);
    let nodes = app.show(ALICE, "/v1/nodes?sort=index", "nodes").await;
    assert_eq!(check::column(&nodes, "name"), ["web-001", "web-002"]);
    assert_eq!(check::column(&nodes, "status"), ["ACTIVE", "ACTIVE"]);
    let ended = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(ended["status"], "SUCCEEDED");
}

#[tokio::test]
async fn sizes_that_contradict_each_other_are_refused_in_order() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    for (sizes, kind, text) in [
        (
            json!({ "desired_capacity": 1001 }),
            "HTTPBadRequest",
            "The value for the desired_capacity field must be less than or equal to 1000.",
        ),
        (
            json!({ "desired_capacity": 1, "min_size": 2 }),
            "BadRequest",
            "The target capacity (1) is less than the specified min_size (2).",
        ),
        (
            json!({ "desired_capacity": 3, "max_size": 2 }),
            "BadRequest",
            "The target capacity (3) is greater than the specified max_size (2).",
        ),
        (
            json!({ "max_size": -2 }),
            "HTTPBadRequest",
            "The value for the max_size field must be greater than or equal to -1.",
        ),
    ] {
        let mut cluster = json!({ "name": "c", "profile_id": "p" });
        cluster.as_object_mut().unwrap().extend(sizes.as_object().unwrap().clone());
        check::fault(&create(&app, ALICE, &cluster).await, 400, kind, text);
    }
    assert_eq!(app.show(ALICE, "/v1/clusters", "clusters").await, json!([]));
}

#[tokio::test]
async fn a_profile_must_be_within_reach() {
    let app = TestApp::new().await;
    let theirs = app.profile(BOB, "p").await;
    let answer = create(&app, ALICE, &json!({ "name": "c", "profile_id": theirs })).await;
    let text = format!("The specified profile '{theirs}' could not be found.");
    check::fault(&answer, 400, "BadRequest", &text);
    app.profile(ALICE, "twin").await;
    app.profile(ALICE, "twin").await;
    let answer = create(&app, ALICE, &json!({ "name": "c", "profile_id": "twin" })).await;
    let text = "Multiple results found matching the query criteria 'twin'. Please be more specific.";
    check::fault(&answer, 400, "MultipleChoices", text);
    // An administrator reaches every profile.
    let answer = create(&app, ADMIN, &json!({ "name": "c", "profile_id": theirs })).await.expect(202);
    assert_eq!(answer.json()["cluster"]["project"], ADMIN.project);
}

#[tokio::test]
async fn act_17_rhe_9_a_project_has_so_many_clusters_and_no_more() {
    let settings = Settings { max_clusters_per_project: 2, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    app.profile(BOB, "p").await;
    let cluster = json!({ "name": "c", "profile_id": "p" });
    assert_eq!(create(&app, ALICE, &cluster).await.status, 202);
    assert_eq!(create(&app, ALICE, &cluster).await.status, 202);
    check::fault(&create(&app, ALICE, &cluster).await, 403, "OverQuota", "Quota exceeded for resources.");
    assert_eq!(create(&app, BOB, &cluster).await.status, 202);
    app.drain().await;
    let id = app.show(ALICE, "/v1/clusters", "clusters").await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(app.delete(&format!("/v1/clusters/{id}")).by(ALICE).send().await.status, 202);
    assert_eq!(create(&app, ALICE, &cluster).await.status, 403, "it is not gone yet");
    app.drain().await;
    assert_eq!(create(&app, ALICE, &cluster).await.status, 202);
}

#[tokio::test]
async fn a_cluster_can_be_named_by_its_name_at_once() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster_accepted(ALICE, "c", &profile, 0).await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["id"], *id);
}

#[tokio::test]
async fn names_are_unique_only_where_that_is_set() {
    let cluster = json!({ "name": "c", "profile_id": "p" });
    for name_unique in [false, true] {
        let settings = Settings { name_unique, ..Settings::default() };
        let app = TestApp::with(Options { settings, ..Options::default() }).await;
        app.profile(ALICE, "p").await;
        app.profile(BOB, "p").await;
        assert_eq!(create(&app, ALICE, &cluster).await.status, 202);
        let again = create(&app, ALICE, &cluster).await;
        if name_unique {
            check::fault(&again, 400, "BadRequest", "a cluster named 'c' already exists.");
            // That is said before the profile is looked up, and of one project alone.
            let lost = json!({ "name": "c", "profile_id": "nobody" });
            assert_eq!(create(&app, ALICE, &lost).await.fault().1, "a cluster named 'c' already exists.");
            assert_eq!(create(&app, BOB, &cluster).await.status, 202);
        } else {
            assert_eq!(again.status, 202);
        }
    }
}
