//! `GET /v1/services` (spec api-resources Q).

use crate::check;
use coppice_domain::service::FUNCTIONS;
use coppice_e2e::{ADMIN, ALICE, READER, TestApp};
use coppice_engine::reconciler;
use serde_json::{Value, json};
use std::time::Duration;

async fn services(app: &TestApp) -> Value {
    app.show(ADMIN, "/v1/services", "services").await
}

#[tokio::test]
async fn every_function_is_a_service_that_is_up_while_the_reconciler_runs() {
    let app = TestApp::new().await;
    let never = services(&app).await;
    for service in never.as_array().unwrap() {
        assert_eq!((&service["state"], &service["updated_at"]), (&json!("down"), &json!(null)));
    }
    let ids = check::column(&never, "id");

    reconciler::run(&app.system.worker).await.unwrap();
    let answer = app.get("/v1/services?ignored=1").by(ADMIN).send().await;
    check::resource(&answer, 200, "1.0");
    let shown = answer.json()["services"].clone();
    let names = FUNCTIONS.iter().map(|function| format!("coppice-{function}")).collect::<Vec<_>>();
    assert_eq!(check::column(&shown, "binary"), names);
    assert_eq!(check::column(&shown, "topic"), names);
    assert_eq!(check::column(&shown, "id"), ids, "an id stays");
    for service in shown.as_array().unwrap() {
        let expected = json!({
            "id": service["id"], "host": "coppice", "binary": service["binary"], "topic": service["topic"],
            "disabled_reason": null, "status": "enabled", "state": "up", "updated_at": service["updated_at"],
        });
        assert_eq!(*service, expected);
        assert!(service["updated_at"].as_str().unwrap().starts_with("2023-11-14T22:13:20."), "{service}");
    }

    app.clock.advance(Duration::from_secs(170));
    assert_eq!(services(&app).await[0]["state"], "up");
    app.clock.advance(Duration::from_secs(20));
    assert_eq!(services(&app).await[0]["state"], "down");
    reconciler::run(&app.system.worker).await.unwrap();
    assert_eq!(services(&app).await[0]["state"], "up");
}

#[tokio::test]
async fn services_are_for_administrators_at_every_microversion() {
    let app = TestApp::new().await;
    for person in [ALICE, READER] {
        let answer = app.get("/v1/services").by(person).at("1.7").send().await;
        check::fault(&answer, 403, "Forbidden", "You are not authorized to complete this operation.");
    }
    for microversion in ["1.0", "1.7", "1.14"] {
        let answer = app.get("/v1/services").by(ADMIN).at(microversion).send().await;
        check::resource(&answer, 200, microversion);
    }
    let with_body = app.get("/v1/services").by(ADMIN).json(&json!({ "a": 1 })).send().await;
    assert_eq!(with_body.status, 400);
    assert_eq!(app.post("/v1/services").by(ADMIN).send().await.status, 404);
}
