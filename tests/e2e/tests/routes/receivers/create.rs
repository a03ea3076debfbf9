//! `POST /v1/receivers`.

use super::{app, create, message, text, webhook};
use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, READER, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};

const FORBIDDEN: &str = "You are not authorized to complete this operation.";

#[tokio::test]
async fn a_webhook_shows_the_url_it_is_called_by() {
    let (app, cluster) = app().await;
    let receiver = json!({
        "name": "r", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_SCALE_OUT",
        "params": { "count": 1, "b": "x y" }, "actor": { "trust_id": "mine" },
    });
    let answer = create(&app, ALICE, &receiver).await;
    check::resource(&answer, 201, "1.0");
    assert_eq!(answer.header("location"), None);
    let shown = answer.json()["receiver"].clone();
    let id = text(&shown, "id");
    let url = format!("http://127.0.0.1:8778/v1/webhooks/{id}/trigger?V=2&b=x+y&count=1");
    let expected = json!({
        "id": id, "name": "r", "type": "webhook", "cluster_id": cluster, "action": "CLUSTER_SCALE_OUT",
        "params": { "count": 1, "b": "x y" }, "channel": { "alarm_url": url }, "actor": shown["actor"],
        "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": "2023-11-14T22:13:20Z", "updated_at": null,
    });
    assert_eq!(shown, expected);
    let trust = text(&shown["actor"], "trust_id");
    assert!(trust.len() == 32 && trust.bytes().all(|byte| byte.is_ascii_hexdigit()), "{trust}");
    assert_eq!(message(&app, ALICE, "m").await["actor"], shown["actor"]);
}

#[tokio::test]
async fn a_message_receiver_has_a_queue_and_neither_cluster_nor_action() {
    let app = TestApp::new().await;
    let receiver = json!({
        "name": "m", "type": "message", "cluster_id": "nosuch", "action": "CLUSTER_CREATE", "params": null,
    });
    let answer = create(&app, ALICE, &receiver).await;
    check::resource(&answer, 201, "1.0");
    let shown = answer.json()["receiver"].clone();
    let queue = format!("senlin-receiver-{}", text(&shown, "id"));
    assert_eq!(shown["channel"], json!({ "queue_name": queue }));
    for key in ["cluster_id", "action", "params"] {
        assert_eq!(shown[key], Value::Null, "{key}");
    }
    assert_eq!(app.mailboxes.names(), [queue]);
}

#[tokio::test]
async fn a_url_begins_where_callers_reach_the_api() {
    let settings =
        Settings { receiver_url: Some("https://cluster.example/".to_owned()), ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let shown = webhook(&app, ALICE, "r", "c").await;
    let url = format!("https://cluster.example/v1/webhooks/{}/trigger?V=2&count=1", text(&shown, "id"));
    assert_eq!(shown["channel"]["alarm_url"], url);
}

#[tokio::test]
async fn what_is_wrong_with_a_receiver_is_said() {
    let (app, _) = app().await;
    let beyond = "Additional properties are not allowed ('colour' was unexpected)";
    let one_of = "None is not one of ['CLUSTER_CREATE', 'CLUSTER_DELETE', 'CLUSTER_UPDATE', \
                  'CLUSTER_ADD_NODES', 'CLUSTER_DEL_NODES', 'CLUSTER_RESIZE', 'CLUSTER_CHECK', \
                  'CLUSTER_RECOVER', 'CLUSTER_REPLACE_NODES', 'CLUSTER_SCALE_OUT', 'CLUSTER_SCALE_IN', \
                  'CLUSTER_ATTACH_POLICY', 'CLUSTER_DETACH_POLICY', 'CLUSTER_UPDATE_POLICY', \
                  'CLUSTER_OPERATION']";
    for (receiver, kind, text) in [
        (json!({}), "HTTPBadRequest", "'name' is a required property"),
        (json!({ "name": "r" }), "HTTPBadRequest", "'type' is a required property"),
        (
            json!({ "name": "r", "type": "smoke" }),
            "HTTPBadRequest",
            "Value 'smoke' is not acceptable for field 'type'.",
        ),
        (json!({ "name": "r", "type": null }), "HTTPBadRequest", "Field `type' cannot be None"),
        (
            json!({ "name": "r", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_FLY" }),
            "HTTPBadRequest",
            "Value 'CLUSTER_FLY' is not acceptable for field 'action'.",
        ),
        (
            json!({ "name": "r", "type": "webhook", "action": "NODE_CHECK" }),
            "HTTPBadRequest",
            "Value 'NODE_CHECK' is not acceptable for field 'action'.",
        ),
        (json!({ "name": "r", "type": "webhook", "action": null }), "HTTPBadRequest", one_of),
        (
            json!({ "name": "r", "type": "webhook", "params": [1] }),
            "HTTPBadRequest",
            "[1] is not of type 'object', 'null'",
        ),
        (
            json!({ "name": "r", "type": "webhook", "cluster_id": 3 }),
            "HTTPBadRequest",
            "3 is not of type 'string', 'null'",
        ),
        (json!({ "name": "r", "type": "webhook", "colour": 1 }), "HTTPBadRequest", beyond),
        (
            json!({ "name": "r", "type": "webhook" }),
            "BadRequest",
            "Cluster identity is required for creating webhook receiver.",
        ),
        (
            json!({ "name": "r", "type": "webhook", "cluster_id": null, "action": "CLUSTER_CREATE" }),
            "BadRequest",
            "Cluster identity is required for creating webhook receiver.",
        ),
        (
            json!({ "name": "r", "type": "webhook", "cluster_id": "nosuch" }),
            "BadRequest",
            "Action name is required for creating webhook receiver.",
        ),
        (
            json!({ "name": "r", "type": "webhook", "cluster_id": "nosuch", "action": "CLUSTER_CREATE" }),
            "BadRequest",
            "Action name cannot be any of ['CLUSTER_CREATE'].",
        ),
        (
            json!({ "name": "r", "type": "webhook", "cluster_id": "nosuch", "action": "CLUSTER_CHECK" }),
            "BadRequest",
            "The referenced cluster 'nosuch' could not be found.",
        ),
    ] {
        check::fault(&create(&app, ALICE, &receiver).await, 400, kind, text);
    }
    let bare = app.post("/v1/receivers").by(ALICE).json(&json!({ "name": "r" })).send().await;
    check::fault(&bare, 400, "HTTPBadRequest", "Request body missing 'receiver' key.");
    let null = app.post("/v1/receivers").by(ALICE).json(&json!({ "receiver": null })).send().await;
    assert_eq!(null.status, 400);
    assert_eq!(app.show(ALICE, "/v1/receivers", "receivers").await, json!([]));
    assert_eq!(app.mailboxes.names(), [""; 0]);
}

#[tokio::test]
async fn a_cluster_of_the_name_of_another_is_ambiguous() {
    let (app, _) = app().await;
    let profile = app.profile(ALICE, "q").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let receiver = json!({ "name": "r", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_CHECK" });
    let text = "Multiple results found matching the query criteria 'c'. Please be more specific.";
    check::fault(&create(&app, ALICE, &receiver).await, 400, "MultipleChoices", text);
}

#[tokio::test]
async fn a_webhook_is_made_by_its_clusters_owner_or_by_an_administrator() {
    let (app, cluster) = app().await;
    let receiver =
        json!({ "name": "r", "type": "webhook", "cluster_id": cluster, "action": "CLUSTER_SCALE_OUT" });
    check::fault(&create(&app, READER, &receiver).await, 403, "Forbidden", FORBIDDEN);
    let text_of = format!("The referenced cluster '{cluster}' could not be found.");
    check::fault(&create(&app, BOB, &receiver).await, 400, "BadRequest", &text_of);
    let own = create(&app, ALICE, &receiver).await.expect(201).json()["receiver"].clone();
    let for_her = create(&app, ADMIN, &receiver).await.expect(201).json()["receiver"].clone();
    assert_eq!((text(&for_her, "user"), text(&for_her, "project")), (ADMIN.user, ADMIN.project));
    assert_eq!(for_her["actor"], own["actor"], "its calls act for the cluster's owner");
    assert_ne!(message(&app, ADMIN, "m").await["actor"], own["actor"]);
}

#[tokio::test]
async fn names_are_unique_only_where_that_is_set() {
    let free = TestApp::new().await;
    message(&free, ALICE, "m").await;
    message(&free, ALICE, "m").await;
    let settings = Settings { name_unique: true, ..Settings::default() };
    let strict = TestApp::with(Options { settings, ..Options::default() }).await;
    message(&strict, ALICE, "m").await;
    message(&strict, BOB, "m").await;
    let again = create(&strict, ALICE, &json!({ "name": "m", "type": "webhook" })).await;
    check::fault(&again, 400, "BadRequest", "A receiver named 'm' already exists.");
}

#[tokio::test]
async fn a_receiver_whose_queue_cannot_be_made_is_not_recorded() {
    let app = TestApp::new().await;
    app.mailboxes.fail(true);
    let answer = create(&app, ALICE, &json!({ "name": "m", "type": "message" })).await;
    let text = "Failed in creating queue: the queue service did not answer.";
    check::fault(&answer, 500, "EResourceCreation", text);
    assert_eq!(app.show(ALICE, "/v1/receivers", "receivers").await, json!([]));
}

#[tokio::test]
async fn inputs_are_bounded_and_so_is_the_url_that_shows_them() {
    let (app, _) = app().await;
    let sized = |kind: &str, length: usize| {
        let params = json!({ "a": "x".repeat(length) });
        json!({ "name": "r", "type": kind, "cluster_id": "c", "action": "CLUSTER_CHECK", "params": params })
    };
    let answer = create(&app, ALICE, &sized("message", 262_137)).await;
    let text =
        "Request limit exceeded: params (262145 bytes) exceeds the maximum allowed size (262144 bytes).";
    check::fault(&answer, 400, "RequestLimitExceeded", text);
    assert_eq!(create(&app, ALICE, &sized("message", 262_136)).await.status, 201);
    let answer = create(&app, ALICE, &sized("webhook", 50_000)).await;
    let (kind, text) = answer.fault();
    assert_eq!((answer.status, kind.as_str()), (400, "RequestLimitExceeded"));
    let beyond = "Request limit exceeded: the webhook's URL (50085 bytes) exceeds the maximum allowed size \
                  (50000 bytes).";
    assert_eq!(text, beyond);
    assert_eq!(create(&app, ALICE, &sized("webhook", 49_000)).await.status, 201);
}
