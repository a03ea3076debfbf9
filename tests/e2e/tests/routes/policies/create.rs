//! `POST /v1/policies`.

use crate::check;
use coppice_domain::fault::MALFORMED;
use coppice_e2e::{ALICE, Answer, TestApp, deletion_policy, scaling_policy};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};

async fn create(app: &TestApp, policy: &Value) -> Answer {
    app.post("/v1/policies").by(ALICE).json(&json!({ "policy": policy })).send().await
}

fn spec(kind: &str, properties: &Value) -> Value {
    json!({ "type": format!("senlin.policy.{kind}"), "version": "1.0", "properties": properties })
}

fn health(interval: u64) -> Value {
    let polling = json!([{ "type": "NODE_STATUS_POLLING" }]);
    let recovery = json!({ "actions": [{ "name": "RECREATE" }] });
    let properties =
        json!({ "detection": { "interval": interval, "detection_modes": polling }, "recovery": recovery });
    json!({ "name": "p", "spec": spec("health", &properties) })
}

#[tokio::test]
async fn a_policy_is_kept_as_it_was_sent() {
    let app = TestApp::new().await;
    for (spec, kind) in
        [(scaling_policy(), "senlin.policy.scaling-1.0"), (deletion_policy(), "senlin.policy.deletion-1.1")]
    {
        let answer = create(&app, &json!({ "name": "p", "spec": spec })).await;
        check::resource(&answer, 201, "1.0");
        assert_eq!(answer.header("location"), None);
        let shown = answer.json()["policy"].clone();
        let expected = json!({
            "id": shown["id"], "name": "p", "type": kind, "spec": spec, "data": {}, "user": ALICE.user,
            "project": ALICE.project, "domain": null, "created_at": "2023-11-14T22:13:20Z",
            "updated_at": null,
        });
        assert_eq!(shown, expected);
    }
}

#[tokio::test]
async fn a_number_may_be_the_version() {
    let app = TestApp::new().await;
    let mut numbered = scaling_policy();
    numbered["version"] = json!(1.0);
    let shown = create(&app, &json!({ "name": "p", "spec": numbered })).await.expect(201).json();
    assert_eq!(shown["policy"]["type"], "senlin.policy.scaling-1.0");
    assert_eq!(shown["policy"]["spec"]["version"], json!(1.0));
}

#[tokio::test]
async fn what_is_wrong_with_a_policy_is_said() {
    let app = TestApp::new().await;
    let scaling = |properties| json!({ "name": "p", "spec": spec("scaling", &properties) });
    for (policy, status, kind, text) in [
        (json!({ "name": "p" }), 400, "HTTPBadRequest", "'spec' is a required property"),
        (json!({ "spec": {} }), 400, "HTTPBadRequest", "'name' is a required property"),
        (json!({ "name": "p", "spec": null }), 400, "HTTPBadRequest", "Field `spec' cannot be None"),
        (
            json!({ "name": "p", "spec": scaling_policy(), "level": 50, "cooldown": 0 }),
            400,
            "HTTPBadRequest",
            "Additional properties are not allowed ('cooldown', 'level' were unexpected)",
        ),
        (json!(null), 400, "HTTPBadRequest", MALFORMED),
        (json!("x"), 400, "HTTPBadRequest", "'x' is not of type 'object'"),
        (
            json!({ "name": "p", "spec": {} }),
            500,
            "ESchema",
            "The 'type' key is missing from the provided spec map.",
        ),
        (
            json!({ "name": "p", "spec": { "type": "senlin.policy.scaling" } }),
            500,
            "ESchema",
            "The 'version' key is missing from the provided spec map.",
        ),
        (
            json!({ "name": "p", "spec": spec("bogus", &json!({})) }),
            404,
            "ResourceNotFound",
            "The policy_type 'senlin.policy.bogus-1.0' could not be found.",
        ),
        (
            scaling(json!({ "event": "CLUSTER_FLY", "adjustment": {} })),
            500,
            "ESchema",
            "'CLUSTER_FLY' must be one of the allowed values: CLUSTER_SCALE_IN, CLUSTER_SCALE_OUT",
        ),
        (
            scaling(json!({ "event": "CLUSTER_SCALE_IN", "adjustment": {}, "bogus": 1 })),
            500,
            "ESchema",
            "Unrecognizable spec item 'bogus'",
        ),
        (scaling(json!({ "event": "CLUSTER_SCALE_IN" })), 400, "HTTPBadRequest", MALFORMED),
        (
            scaling(json!({ "event": "CLUSTER_SCALE_IN", "adjustment": { "number": 0 } })),
            400,
            "InvalidSpec",
            "the 'number' for 'adjustment' must be > 0",
        ),
        (
            json!({ "name": "p", "spec": spec("loadbalance", &json!({})) }),
            400,
            "InvalidSpec",
            "The 'pool' property must be specified.",
        ),
    ] {
        check::fault(&create(&app, &policy).await, status, kind, text);
    }
    let unwrapped = app.post("/v1/policies").by(ALICE).json(&json!({ "name": "p" })).send().await;
    check::fault(&unwrapped, 400, "HTTPBadRequest", "Request body missing 'policy' key.");
    assert_eq!(app.get("/v1/policies").by(ALICE).send().await.json(), json!({ "policies": [] }));
}

#[tokio::test]
async fn health_checks_are_as_frequent_as_the_deployment_allows() {
    let app = TestApp::new().await;
    assert_eq!(create(&app, &health(60)).await.status, 201);
    let text = "Specified interval of 59 seconds has to be larger than health_check_interval_min of 60 \
                seconds set in configuration.";
    check::fault(&create(&app, &health(59)).await, 400, "InvalidSpec", text);
    let settings = Settings { health_check_interval_min: 10, ..Settings::default() };
    let brisk = TestApp::with(Options { settings, ..Options::default() }).await;
    assert_eq!(create(&brisk, &health(10)).await.status, 201);
    assert_eq!(create(&brisk, &health(9)).await.status, 400);
}

#[tokio::test]
async fn a_spec_is_bounded() {
    let app = TestApp::new().await;
    let mut large = scaling_policy();
    large["description"] = json!("x".repeat(300_000));
    let (kind, text) = create(&app, &json!({ "name": "p", "spec": large })).await.expect(400).fault();
    assert_eq!(kind, "RequestLimitExceeded");
    assert!(text.starts_with("Request limit exceeded: spec ("), "{text}");
}

#[tokio::test]
async fn names_are_unique_only_where_that_is_set() {
    let policy = json!({ "name": "p", "spec": scaling_policy() });
    let free = TestApp::new().await;
    assert_eq!(create(&free, &policy).await.status, 201);
    assert_eq!(create(&free, &policy).await.status, 201);
    let settings = Settings { name_unique: true, ..Settings::default() };
    let strict = TestApp::with(Options { settings, ..Options::default() }).await;
    assert_eq!(create(&strict, &policy).await.status, 201);
    let again = create(&strict, &policy).await;
    check::fault(&again, 400, "BadRequest", "A policy named 'p' already exists.");
}
