//! `GET /v1/clusters`.

use super::KEYS;
use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, Person, TestApp};
use serde_json::Value;

async fn app() -> TestApp {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    for (name, size) in [("b", 1), ("a", 0), ("c", 2)] {
        app.cluster(ALICE, name, &profile, size).await;
    }
    app.cluster_accepted(ALICE, "a", &profile, 1).await;
    let theirs = app.profile(BOB, "q").await;
    app.cluster(BOB, "theirs", &theirs, 0).await;
    app
}

async fn list(app: &TestApp, person: Person, query: &str) -> Value {
    let answer = app.get(&format!("/v1/clusters{query}")).by(person).send().await;
    check::resource(&answer, 200, "1.0");
    answer.json()["clusters"].take()
}

#[tokio::test]
async fn clusters_are_listed_by_age_filtered_sorted_and_cut() {
    let app = app().await;
    let whole = list(&app, ALICE, "").await;
    assert_eq!(check::keys(&whole[2]), KEYS);
    assert_eq!(whole[2]["nodes"].as_array().unwrap().len(), 2);
    for (query, expected) in [
        ("", &["b", "a", "c", "a"][..]),
        ("?sort=name", &["a", "a", "b", "c"]),
        ("?sort=name:desc,init_at", &["c", "b", "a", "a"]),
        ("?sort=init_at:desc&limit=3", &["a", "c", "a"]),
        ("?name=a", &["a", "a"]),
        ("?name=a&name=b;limit=2", &["b", "a"]),
        ("?status=CHECKING", &[]),
        ("?status=ACTIVE&status=INIT&name=c", &["c"]),
        ("?limit=0", &[]),
        ("?sort=&limit=", &["b", "a", "c", "a"]),
        ("?marker=11111111-2222-4333-8444-555555555555&limit=1", &["b"]),
    ] {
        assert_eq!(check::column(&list(&app, ALICE, query).await, "name"), expected, "{query}");
    }
    let everyone = ["b", "a", "c", "a", "theirs"];
    assert_eq!(check::column(&list(&app, ADMIN, "").await, "name"), everyone);
    assert_eq!(
        check::column(&list(&app, ADMIN, "?global_project=True&sort=name:desc&limit=1").await, "name"),
        ["theirs"]
    );
}

#[tokio::test]
async fn nulls_come_first_and_in_descending_order_last() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "made", &profile, 0).await;
    app.cluster_accepted(ALICE, "new", &profile, 0).await;
    let names = |query| {
        let app = &app;
        async move { check::column(&list(app, ALICE, query).await, "name") }
    };
    assert_eq!(names("?sort=created_at").await, ["new", "made"]);
    assert_eq!(names("?sort=created_at:desc").await, ["made", "new"]);
}

#[tokio::test]
async fn pages_follow_each_other_whatever_the_order() {
    let app = app().await;
    for sort in [
        "",
        "&sort=name",
        "&sort=name:desc",
        "&sort=init_at:desc",
        "&sort=status,name:desc",
        "&sort=created_at:desc",
    ] {
        let whole = check::column(&list(&app, ALICE, &format!("?limit=9{sort}")).await, "id");
        let mut paged = Vec::new();
        let mut marker = String::new();
        loop {
            let page = check::column(&list(&app, ALICE, &format!("?limit=1{sort}{marker}")).await, "id");
            let Some(last) = page.last() else { break };
            marker = format!("&marker={last}");
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{sort}");
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = TestApp::new().await;
    for (query, status, text) in [
        ("bogus=1", 400, "Invalid parameter 'bogus'"),
        ("limit=abc", 400, "The value for limit must be an integer: 'abc'."),
        ("limit=-1", 400, "Value must be >= 0 for field 'limit'."),
        ("marker=nosuch", 400, "The value for marker is not a valid UUID: 'nosuch'."),
        ("sort=colour", 400, "Unsupported sort key 'colour' for 'sort'."),
        ("sort=name:up", 400, "Unsupported sort dir 'up' for 'sort'."),
        ("sort=name,", 400, "Missing sort key for 'sort'."),
        ("status=active", 400, "Field value active is invalid"),
        ("global_project=maybe", 400, "Invalid value 'maybe' specified for 'global_project'"),
        ("global_project=TRUE", 403, "You are not authorized to complete this operation."),
    ] {
        let answer = app.get(&format!("/v1/clusters?{query}")).by(ALICE).send().await;
        let kind = if status == 403 { "Forbidden" } else { "HTTPBadRequest" };
        check::fault(&answer, status, kind, text);
    }
}
