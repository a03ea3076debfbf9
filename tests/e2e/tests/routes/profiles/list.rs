//! `GET /v1/profiles`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, TestApp};
use serde_json::Value;

async fn names(app: &TestApp, person: coppice_e2e::Person, query: &str) -> Vec<String> {
    let answer = app.get(&format!("/v1/profiles{query}")).by(person).send().await;
    check::resource(&answer, 200, "1.0");
    check::column(&answer.json()["profiles"], "name")
}

#[tokio::test]
async fn profiles_are_listed_by_age_filtered_sorted_and_paged() {
    let app = TestApp::new().await;
    for name in ["b", "a", "c", "a"] {
        app.profile(ALICE, name).await;
    }
    app.profile(BOB, "theirs").await;
    for (query, expected) in [
        ("", &["b", "a", "c", "a"][..]),
        ("?sort=name", &["a", "a", "b", "c"]),
        ("?sort=name:desc&limit=2", &["c", "b"]),
        ("?sort=created_at:desc", &["a", "c", "a", "b"]),
        ("?name=a&name=c", &["a", "c", "a"]),
        ("?name=", &[]),
        ("?type=os.nova.server-1.0&limit=1", &["b"]),
        ("?type=os.nova.server", &[]),
        ("?limit=0", &[]),
    ] {
        assert_eq!(names(&app, ALICE, query).await, expected, "{query}");
    }
    assert_eq!(names(&app, ADMIN, "?global_project=true").await, ["b", "a", "c", "a", "theirs"]);
    assert_eq!(names(&app, ADMIN, "").await, ["b", "a", "c", "a", "theirs"]);
}

#[tokio::test]
async fn pages_follow_each_other_whatever_the_order() {
    let app = TestApp::new().await;
    for number in 0..7 {
        app.profile(ALICE, ["x", "y"][number % 2]).await;
    }
    for sort in ["", "&sort=name", "&sort=name:desc", "&sort=created_at:desc", "&sort=type,name:desc"] {
        let whole = ids(&app, &format!("?limit=100{sort}")).await;
        assert_eq!(whole.len(), 7);
        let (mut paged, mut marker) = (Vec::new(), String::new());
        loop {
            let page = ids(&app, &format!("?limit=2{sort}{marker}")).await;
            let Some(last) = page.last() else { break };
            marker = format!("&marker={last}");
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{sort}");
    }
}

async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let list: Value = app.get(&format!("/v1/profiles{query}")).by(ALICE).send().await.json();
    check::column(&list["profiles"], "id")
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_without_quotes() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/profiles?colour=1").by(ALICE).send().await;
    check::fault(&answer, 400, "HTTPBadRequest", "Invalid parameter colour");
    let global = app.get("/v1/profiles?global_project=true").by(ALICE).send().await;
    check::fault(&global, 403, "Forbidden", "You are not authorized to complete this operation.");
}
