//! The action `resize` (spec api-resources I4).

use crate::check;
use coppice_e2e::{ALICE, Answer, TestApp};
use serde_json::{Value, json};

async fn app(size: u64) -> TestApp {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let body = json!({ "cluster": { "name": "c", "profile_id": profile, "desired_capacity": size, "max_size": 10, "min_size": 1 } });
    app.post("/v1/clusters").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    app
}

async fn resize(app: &TestApp, data: &Value) -> Answer {
    app.post("/v1/clusters/c/actions").by(ALICE).json(&json!({ "resize": data })).send().await
}

#[tokio::test]
async fn a_resize_tells_its_action_all_six_values() {
    let app = app(2).await;
    let asked = json!({ "adjustment_type": "EXACT_CAPACITY", "number": 4.9, "colour": "red" });
    let answer = resize(&app, &asked).await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(answer.json(), json!({ "action": action }));
    let shown = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await;
    let inputs = json!({
        "adjustment_type": "EXACT_CAPACITY", "number": 4, "min_size": null, "max_size": null,
        "min_step": null, "strict": true,
    });
    assert_eq!(shown["inputs"], inputs);
    app.drain().await;
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!((&cluster["desired_capacity"], &cluster["status"]), (&json!(4), &json!("ACTIVE")));
    assert_eq!(cluster["nodes"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn every_kind_of_adjustment_leads_to_its_size() {
    for (asked, size) in [
        (json!({ "adjustment_type": "EXACT_CAPACITY", "number": 1 }), 1),
        (json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": 3 }), 7),
        (json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": -2 }), 2),
        (json!({ "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 50 }), 6),
        (json!({ "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": -10 }), 3),
        (json!({ "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 1, "min_step": 3 }), 7),
        (json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": 30, "strict": false }), 10),
        (json!({ "min_size": 6, "strict": false }), 6),
        (json!({ "max_size": 3, "strict": false }), 3),
    ] {
        let app = app(4).await;
        assert_eq!(resize(&app, &asked).await.status, 202, "{asked}");
        app.drain().await;
        let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
        assert_eq!(cluster["nodes"].as_array().unwrap().len(), size, "{asked}");
        assert_eq!(cluster["status"], "ACTIVE", "{asked}");
    }
}

#[tokio::test]
async fn a_resize_that_breaks_a_limit_is_refused() {
    let app = app(2).await;
    let exact = |number: i64| json!({ "adjustment_type": "EXACT_CAPACITY", "number": number });
    for (asked, kind, text) in [
        (json!({}), "HTTPBadRequest", "Not enough parameters to do resize action."),
        (
            json!({ "adjustment_type": "EXACT_CAPACITY" }),
            "HTTPBadRequest",
            "Missing number value for size adjustment.",
        ),
        (json!({ "number": 1 }), "HTTPBadRequest", "Missing adjustment_type value for size adjustment."),
        (exact(11), "BadRequest", "The target capacity (11) is greater than the cluster's max_size (10)."),
        (exact(0), "BadRequest", "The target capacity (0) is less than the cluster's min_size (1)."),
        (
            json!({ "min_size": 5 }),
            "BadRequest",
            "The specified min_size (5) is greater than the current desired_capacity (2) of the cluster.",
        ),
        (
            exact(-1),
            "BadRequest",
            "The 'number' must be non-negative integer for adjustment type 'EXACT_CAPACITY'.",
        ),
    ] {
        check::fault(&resize(&app, &asked).await, 400, kind, text);
    }
}

#[tokio::test]
async fn a_second_resize_while_one_is_under_way_is_a_conflict() {
    let app = app(1).await;
    let asked = json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": 1 });
    let first = resize(&app, &asked).await.expect(202).action();
    let second = resize(&app, &asked).await;
    let id = app.show(ALICE, "/v1/clusters/c", "cluster").await["id"].as_str().unwrap().to_owned();
    let text =
        format!("The CLUSTER_RESIZE action for target {id} conflicts with the following action(s): {first}");
    check::fault(&second, 409, "ActionConflict", &text);
    app.drain().await;
    assert_eq!(resize(&app, &asked).await.status, 202);
}
