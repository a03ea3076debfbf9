//! `GET /v1/events`.

use crate::check;
use coppice_e2e::{ALICE, BOB, TestApp};
use serde_json::{Value, json};

async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 2).await;
    app.act(ALICE, "c", &json!({ "scale_in": {} })).await;
    app.drain().await;
    app.cluster(ALICE, "d", &profile, 0).await;
    (app, id)
}

async fn list(app: &TestApp, query: &str) -> Value {
    let answer = app.get(&format!("/v1/events{query}")).by(ALICE).send().await;
    check::resource(&answer, 200, "1.0");
    answer.json()["events"].take()
}

#[tokio::test]
async fn requested_actions_leave_events_and_derived_ones_none() {
    let (app, id) = app().await;
    let all = list(&app, "").await;
    assert_eq!(check::column(&all, "status"), ["start", "end", "start", "end", "start", "end"]);
    assert_eq!(check::column(&all, "action")[2..4], ["CLUSTER_SCALE_IN", "CLUSTER_SCALE_IN"]);
    assert_eq!(check::column(&all, "otype")[0], "CLUSTER");
    for (query, count) in [
        ("?oname=d".to_owned(), 2),
        (format!("?oid={id}"), 4),
        ("?otype=NODE".to_owned(), 0),
        ("?cluster_id=c".to_owned(), 4),
        ("?cluster_id=c&cluster_id=d".to_owned(), 6),
        ("?cluster_id=nosuch".to_owned(), 0),
        ("?action=CLUSTER_CREATE".to_owned(), 4),
        ("?level=INFO".to_owned(), 6),
        ("?level=ERROR&level=WARN".to_owned(), 0),
        ("?limit=5&sort=timestamp:desc".to_owned(), 5),
    ] {
        assert_eq!(list(&app, &query).await.as_array().unwrap().len(), count, "{query}");
    }
    let theirs = app.get("/v1/events").by(BOB).send().await;
    assert_eq!(theirs.json(), json!({ "events": [] }));
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = TestApp::new().await;
    for (query, text) in [
        ("colour=1", "Invalid parameter colour"),
        ("level=20", "Field value 20 is invalid"),
        ("level=info", "Field value info is invalid"),
        ("sort=user", "Unsupported sort key 'user' for 'sort'."),
        ("global_project=2", "Invalid value '2' specified for 'global_project'"),
    ] {
        let answer = app.get(&format!("/v1/events?{query}")).by(ALICE).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
}
