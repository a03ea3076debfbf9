//! `POST /v1/nodes/adopt-preview`.

use super::{foreign, member};
use crate::check;
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ALICE, Answer, BOB, TestApp};
use coppice_local::system::Options;
use serde_json::{Value, json};

async fn preview(app: &TestApp, body: &Value) -> Answer {
    app.post("/v1/nodes/adopt-preview").by(ALICE).at("1.7").json(body).send().await
}

#[tokio::test]
async fn the_profile_is_shown_that_adopting_would_make_and_nothing_is_kept() {
    let app = TestApp::new().await;
    let instance = foreign(&app, ALICE.project, 0).await;
    let before = app.items().await;
    for (overrides, flavor) in
        [(None, "1"), (Some(json!(null)), "1"), (Some(json!({ "flavor": "7", "networks": [] })), "7")]
    {
        let mut body = json!({ "identity": instance, "type": "os.nova.server-1.0", "snapshot": null });
        let networks = overrides.as_ref().and_then(|given| given.get("networks")).cloned();
        if let Some(overrides) = overrides {
            body["overrides"] = overrides;
        }
        let answer = preview(&app, &body).await;
        check::resource(&answer, 200, "1.7");
        assert_eq!(answer.header("location"), None);
        let expected = json!({ "node_profile": { "node_preview": {
            "type": "os.nova.server", "version": "1.0",
            "properties": {
                "availability_zone": "simulated", "flavor": flavor, "image": "cirros",
                "metadata": { "own": "mark" }, "name": "node-0",
                "networks": networks.unwrap_or(json!([{ "network": "private" }])), "security_groups": [],
            },
        } } });
        assert_eq!(answer.json(), expected);
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn an_instance_of_ours_can_be_looked_at_too() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let body = json!({ "identity": node["physical_id"], "type": "os.nova.server-1.0", "overrides": null });
    let shown = preview(&app, &body).await.expect(200).json()["node_profile"]["node_preview"].take();
    assert_eq!(shown["properties"]["auto_disk_config"], true);
    assert_eq!(shown["properties"]["metadata"], json!({}), "its own marks are left out");
    // Another type's profile has nothing in common with it.
    let body = json!({ "identity": node["physical_id"], "type": "os.heat.stack-1.0", "overrides": null });
    let shown = preview(&app, &body).await.expect(200).json()["node_profile"]["node_preview"].take();
    assert_eq!(shown["properties"], json!({}));
}

#[tokio::test]
async fn the_first_thing_wrong_is_reported() {
    let app = TestApp::new().await;
    let theirs = foreign(&app, BOB.project, 0).await;
    let server = "os.nova.server-1.0";
    let unknown = |id: &str| format!("404: The instance '{id}' could not be found.");
    for (body, status, kind, text) in [
        (json!({}), 400, "HTTPBadRequest", "'identity' is a required property".to_owned()),
        (json!({ "identity": "i" }), 400, "HTTPBadRequest", "'type' is a required property".to_owned()),
        (
            json!({ "identity": "i", "type": server, "name": "n", "node": {} }),
            400,
            "HTTPBadRequest",
            "Additional properties are not allowed ('name', 'node' were unexpected)".to_owned(),
        ),
        (
            json!({ "identity": "i", "type": server, "overrides": [], "snapshot": true }),
            400,
            "HTTPBadRequest",
            "[] is not of type 'object', 'null'".to_owned(),
        ),
        (
            json!({ "identity": "i", "type": "os.nova.server" }),
            400,
            "BadRequest",
            "The profile_type 'os.nova.server' could not be found.".to_owned(),
        ),
        (json!({ "identity": "i", "type": server }), 500, "ProfileOperationFailed", unknown("i")),
        (json!({ "identity": theirs, "type": server }), 500, "ProfileOperationFailed", unknown(&theirs)),
    ] {
        check::fault(&preview(&app, &body).await, status, kind, &text);
    }
    let nothing = app.post("/v1/nodes/adopt-preview").by(ALICE).at("1.7").send().await;
    check::fault(&nothing, 400, "HTTPBadRequest", coppice_domain::fault::MALFORMED);
}

#[tokio::test]
async fn a_backend_that_does_not_answer_is_named_as_the_reason() {
    let simulated = SimulatedConfig { throttle_rate: 1.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let body = json!({ "identity": "i", "type": "os.nova.server-1.0" });
    let text = "429: The compute backend is throttling requests; the same request may succeed later.";
    check::fault(&preview(&app, &body).await, 500, "ProfileOperationFailed", text);
}

#[tokio::test]
async fn adopting_came_with_1_7_and_to_other_methods_it_is_a_name() {
    let app = TestApp::new().await;
    for path in ["/v1/nodes/adopt-preview", "/v1/nodes/adopt"] {
        let early = app.post(path).by(ALICE).at("1.6").json(&json!({})).send().await;
        let text = "API version '1.6' is not supported on this method.";
        check::fault(&early, 400, "MethodVersionNotFound", text);
        let name = path.rsplit('/').next().unwrap();
        let shown = app.get(path).by(ALICE).at("1.14").send().await;
        let text = format!("The node '{name}' could not be found.");
        check::fault(&shown, 404, "ResourceNotFound", &text);
    }
    let elsewhere = app.post("/v1/nodes/other").by(ALICE).at("1.14").bytes("{not json").send().await;
    check::bare(&elsewhere, 404);
}
