//! `POST /v1/nodes/adopt`.

use super::{KEYS, create, foreign, member};
use crate::check;
use coppice_e2e::{ALICE, Answer, BOB, Person, TestApp};
use coppice_engine::{Settings, reconciler};
use coppice_local::system::Options;
use serde_json::{Value, json};
use std::time::Duration;

const SERVER: &str = "os.nova.server-1.0";

async fn adopt(app: &TestApp, person: Person, body: &Value) -> Answer {
    app.post("/v1/nodes/adopt").by(person).at("1.13").json(body).send().await
}

#[tokio::test]
async fn an_instance_becomes_a_node_with_a_profile_of_its_own() {
    let app = TestApp::new().await;
    let instance = foreign(&app, ALICE.project, 0).await;
    let rung = app.bell.rung();
    let body = json!({
        "identity": instance, "type": SERVER, "name": "n", "role": "ignored", "metadata": { "a": 1 },
        "overrides": { "flavor": "7" }, "snapshot": false,
    });
    let answer = adopt(&app, ALICE, &body).await;
    check::resource(&answer, 200, "1.13");
    assert_eq!((answer.header("location"), app.bell.rung()), (None, rung));
    let node = answer.json()["node"].clone();
    assert_eq!(check::keys(&node), KEYS);
    let expected = json!({
        "id": node["id"], "name": "n", "cluster_id": "", "physical_id": instance,
        "profile_id": node["profile_id"], "profile_name": "prof-n", "user": ALICE.user,
        "project": ALICE.project, "domain": null, "index": -1, "role": "",
        "init_at": "2023-11-14T22:13:20Z", "created_at": "2023-11-14T22:13:20Z", "updated_at": null,
        "status": "ACTIVE", "status_reason": "Node adopted successfully", "data": {},
        "metadata": { "a": 1 }, "dependents": {}, "tainted": false,
    });
    assert_eq!(node, expected);
    assert_eq!(app.show(ALICE, "/v1/nodes/n", "node").await, node);
    let profile = app.show(ALICE, "/v1/profiles/prof-n", "profile").await;
    assert_eq!(profile["id"], node["profile_id"]);
    assert_eq!((&profile["type"], &profile["metadata"]), (&json!(SERVER), &json!({})));
    assert_eq!(profile["spec"]["properties"]["flavor"], "7");
    assert_eq!(app.show(ALICE, "/v1/actions", "actions").await, json!([]));
    assert_eq!(app.delete("/v1/profiles/prof-n").by(ALICE).send().await.status, 409, "the node refers to it");
}

#[tokio::test]
async fn what_is_left_out_is_made_up_and_null_is_kept() {
    let app = TestApp::new().await;
    for (index, metadata) in [(0, None), (1, Some(json!(null)))] {
        let instance = foreign(&app, ALICE.project, index).await;
        // As openstacksdk asks, without overrides.
        let mut body = json!({ "identity": instance, "type": SERVER, "name": null });
        if let Some(metadata) = &metadata {
            body["metadata"] = metadata.clone();
        }
        let node = adopt(&app, ALICE, &body).await.expect(200).json()["node"].take();
        let name = node["name"].as_str().unwrap();
        assert!(name.starts_with("node-") && name.len() == 13, "{name}");
        assert_eq!(node["profile_name"], format!("prof-{name}"));
        assert_eq!(node["metadata"], metadata.unwrap_or(json!({})));
    }
}

#[tokio::test]
async fn an_instance_has_one_node_whoever_asks() {
    let app = TestApp::new().await;
    let (_, member) = member(&app).await;
    let instance = foreign(&app, ALICE.project, 0).await;
    let body = json!({ "identity": instance, "type": SERVER });
    adopt(&app, ALICE, &body).await.expect(200);
    let before = app.items().await;
    let taken = |id: &str| format!("The instance '{id}' is managed by this service already.");
    check::fault(&adopt(&app, ALICE, &body).await, 400, "BadRequest", &taken(&instance));
    let own = member["physical_id"].as_str().unwrap();
    let body = json!({ "identity": own, "type": SERVER });
    check::fault(&adopt(&app, ALICE, &body).await, 400, "BadRequest", &taken(own));
    // To other projects it is not there at all.
    let text = format!("404: The instance '{own}' could not be found.");
    check::fault(&adopt(&app, BOB, &body).await, 500, "ProfileOperationFailed", &text);
    assert_eq!(app.items().await, before, "no profile is left over");
}

#[tokio::test]
async fn requests_at_the_same_time_make_one_node() {
    let app = TestApp::new().await;
    let instance = foreign(&app, ALICE.project, 0).await;
    let body = json!({ "identity": instance, "type": SERVER });
    let answers = futures::future::join_all((0..5).map(|_| adopt(&app, ALICE, &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400, 400]);
    assert_eq!(app.show(ALICE, "/v1/nodes", "nodes").await.as_array().unwrap().len(), 1);
    assert_eq!(app.show(ALICE, "/v1/profiles", "profiles").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_leak_sweep_leaves_an_adopted_instance_alone() {
    let app = TestApp::new().await;
    let instance = foreign(&app, ALICE.project, 0).await;
    adopt(&app, ALICE, &json!({ "identity": instance, "type": SERVER })).await.expect(200);
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(3600));
        let report = reconciler::run(&app.system.worker).await.unwrap();
        assert_eq!(report, reconciler::Report::default());
    }
    assert!(app.system.env.compute.get(&instance).await.unwrap().is_some());
}

#[tokio::test]
async fn a_profile_that_cannot_be_made_is_reported_last() {
    let app = TestApp::new().await;
    let instance = foreign(&app, ALICE.project, 0).await;
    let before = app.items().await;
    let with = |kind: &str, overrides: Value| json!({ "identity": instance, "type": kind, "name": "n", "overrides": overrides });
    for (body, status, kind, text) in [
        (json!({ "identity": instance }), 400, "HTTPBadRequest", "'type' is a required property"),
        (
            json!({ "identity": instance, "type": SERVER, "node": 1 }),
            400,
            "HTTPBadRequest",
            "Additional properties are not allowed ('node' was unexpected)",
        ),
        (with("x", json!({})), 400, "BadRequest", "The profile_type 'x' could not be found."),
        (
            with(SERVER, json!({ "bogus": 1 })),
            400,
            "InvalidSpec",
            "Failed in creating profile prof-n: Unrecognizable spec item 'bogus'",
        ),
        (
            with("container.dockerinc.docker-1.0", json!(null)),
            400,
            "InvalidSpec",
            "Failed in creating profile prof-n: Required spec item 'image' not provided",
        ),
    ] {
        check::fault(&adopt(&app, ALICE, &body).await, status, kind, text);
    }
    assert_eq!(app.items().await, before, "nothing is half-made");
}

#[tokio::test]
async fn a_name_may_have_to_be_unique() {
    let settings = Settings { name_unique: true, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    create(&app, ALICE, &json!({ "name": "n", "profile_id": "p" })).await.expect(202);
    let body = json!({ "identity": "i", "type": "x", "name": "n" });
    let text = "The node named (n) already exists.";
    check::fault(&adopt(&app, ALICE, &body).await, 400, "BadRequest", text);
}
