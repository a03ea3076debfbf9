//! `GET /v1/actions`.

use crate::check;
use coppice_e2e::{ALICE, BOB, Person, TestApp};
use serde_json::{Value, json};

async fn app() -> (TestApp, [String; 2]) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let first = app.cluster(ALICE, "c", &profile, 2).await;
    app.act(ALICE, "c", &json!({ "scale_out": {} })).await;
    app.drain().await;
    let second = app.cluster(ALICE, "d", &profile, 0).await;
    (app, [first, second])
}

async fn list(app: &TestApp, person: Person, microversion: &str, query: &str) -> Value {
    let answer = app.get(&format!("/v1/actions{query}")).by(person).at(microversion).send().await;
    check::resource(&answer, 200, microversion);
    answer.json()["actions"].take()
}

#[tokio::test]
async fn actions_are_listed_derived_ones_included() {
    let (app, [first, second]) = app().await;
    let kinds = |query: String| {
        let app = &app;
        async move { check::column(&list(app, ALICE, "1.14", &query).await, "action") }
    };
    let all = [
        "CLUSTER_CREATE",
        "NODE_CREATE",
        "NODE_CREATE",
        "CLUSTER_SCALE_OUT",
        "NODE_CREATE",
        "CLUSTER_CREATE",
    ];
    assert_eq!(kinds(String::new()).await, all);
    for (query, expected) in [
        (format!("?target={second}"), &["CLUSTER_CREATE"][..]),
        (format!("?target={}", &second[..8]), &[]),
        ("?action=CLUSTER_SCALE_OUT".to_owned(), &["CLUSTER_SCALE_OUT"]),
        ("?action=NODE_CREATE&limit=2".to_owned(), &["NODE_CREATE", "NODE_CREATE"]),
        ("?status=FAILED".to_owned(), &[]),
        ("?status=SUCCEEDED&sort=created_at:desc&limit=1".to_owned(), &["CLUSTER_CREATE"]),
        (format!("?cluster_id={second}"), &["CLUSTER_CREATE"]),
        ("?cluster_id=c".to_owned(), &all[..5]),
        ("?cluster_id=c&cluster_id=nosuch".to_owned(), &[]),
        (format!("?name=cluster_create_{}", &first[..8]), &["CLUSTER_CREATE"]),
        ("?sort=action:desc,created_at&limit=1".to_owned(), &["NODE_CREATE"]),
    ] {
        assert_eq!(kinds(query.clone()).await, expected, "{query}");
    }
    assert_eq!(list(&app, BOB, "1.14", "").await, json!([]));
}

#[tokio::test]
async fn the_cluster_of_an_action_is_known_from_1_14_on() {
    let (app, [_, second]) = app().await;
    let old = list(&app, ALICE, "1.13", &format!("?cluster_id={second}")).await;
    assert_eq!(old.as_array().unwrap().len(), 6, "the filter is read and forgotten");
    assert_eq!(old[0].get("cluster_id"), None);
    let new = list(&app, ALICE, "1.14", &format!("?cluster_id={second}")).await;
    assert_eq!(check::column(&new, "cluster_id"), [second]);
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = TestApp::new().await;
    for (query, text) in [
        ("colour=1", "Invalid parameter colour"),
        ("action=CLUSTER_FLY", "Field value CLUSTER_FLY is invalid"),
        ("status=ready", "Field value ready is invalid"),
        ("sort=cause", "Unsupported sort key 'cause' for 'sort'."),
    ] {
        let answer = app.get(&format!("/v1/actions?{query}")).by(ALICE).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
}
