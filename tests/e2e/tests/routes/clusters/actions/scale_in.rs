//! The action `scale_in` (spec api-resources I5).

use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp};
use serde_json::{Value, json};

async fn scale(app: &TestApp, data: &Value) -> Answer {
    app.post("/v1/clusters/c/actions").by(ALICE).json(&json!({ "scale_in": data })).send().await
}

async fn app() -> TestApp {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster =
        json!({ "name": "c", "profile_id": profile, "min_size": 1, "desired_capacity": 4, "max_size": 8 });
    app.post("/v1/clusters").by(ALICE).json(&json!({ "cluster": cluster })).send().await.expect(202);
    app.drain().await;
    app
}

#[tokio::test]
async fn a_count_is_one_unless_it_is_given() {
    for (data, inputs, size) in [
        (json!({}), json!({}), 3),
        (json!({ "count": null }), json!({}), 3),
        (json!({ "count": 2, "colour": 1 }), json!({ "count": 2 }), 2),
        (json!({ "count": " 2 " }), json!({ "count": 2 }), 2),
    ] {
        let app = app().await;
        let answer = scale(&app, &data).await;
        let action = check::accepted(&answer, "1.0");
        assert_eq!(answer.json(), json!({ "action": action }));
        let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
        assert_eq!((&shown["action"], &shown["inputs"]), (&json!("CLUSTER_SCALE_IN"), &inputs));
        app.drain().await;
        let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
        assert_eq!(cluster["nodes"].as_array().unwrap().len(), size, "{data}");
    }
}

#[tokio::test]
async fn a_count_is_a_positive_number() {
    let app = app().await;
    for (data, kind, text) in [
        (json!({ "count": 0 }), "BadRequest", "Count for scale-in request cannot be 0."),
        (json!({ "count": "a" }), "HTTPBadRequest", "The value for count must be an integer: 'a'."),
        (json!({ "count": -1 }), "HTTPBadRequest", "Value must be >= 0 for field 'count'."),
        (json!({ "count": 1.5 }), "HTTPBadRequest", "1.5 is not of type 'integer', 'string', 'null'"),
    ] {
        check::fault(&scale(&app, &data).await, 400, kind, text);
    }
}

#[tokio::test]
async fn a_count_beyond_the_clusters_limit_is_accepted_and_fails_or_stops_there() {
    let app = app().await;
    let action = scale(&app, &json!({ "count": 100 })).await.expect(202).action();
    app.drain().await;
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    assert_eq!(shown["status"], "FAILED", "{shown}");
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!((&cluster["status"], &cluster["desired_capacity"]), (&json!("ACTIVE"), &json!(4)));
    assert_eq!(cluster["nodes"].as_array().unwrap().len(), 4);
}
