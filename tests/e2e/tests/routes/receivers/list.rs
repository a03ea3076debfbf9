//! `GET /v1/receivers`.

use super::{app, create, message, text, webhook};
use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, Person, TestApp};
use serde_json::json;

async fn names(app: &TestApp, person: Person, query: &str, microversion: &str) -> Vec<String> {
    let answer = app.get(&format!("/v1/receivers{query}")).by(person).at(microversion).send().await;
    check::resource(&answer, 200, microversion);
    check::column(&answer.json()["receivers"], "name")
}

#[tokio::test]
async fn receivers_are_listed_by_name_filtered_sorted_and_paged() {
    let (app, cluster) = app().await;
    webhook(&app, ALICE, "b", "c").await;
    message(&app, ALICE, "d").await;
    let check = json!({ "name": "a", "type": "webhook", "cluster_id": "c", "action": "CLUSTER_CHECK" });
    create(&app, ALICE, &check).await.expect(201);
    message(&app, BOB, "theirs").await;
    let of_cluster = format!("?cluster_id={cluster}");
    let user = format!("?user={}", ALICE.user);
    for (query, expected) in [
        ("", &["a", "b", "d"][..]),
        ("?sort=created_at", &["b", "d", "a"]),
        ("?sort=type:desc,name:desc", &["b", "a", "d"]),
        ("?sort=action", &["d", "a", "b"]),
        ("?name=a&name=d", &["a", "d"]),
        ("?type=message", &["d"]),
        ("?action=CLUSTER_CHECK", &["a"]),
        (&of_cluster, &["a", "b"]),
        ("?cluster_id=c", &[]),
        (&user, &["a", "b", "d"]),
        ("?user=nobody", &[]),
        ("?limit=2", &["a", "b"]),
        ("?limit=0", &[]),
    ] {
        assert_eq!(names(&app, ALICE, query, "1.4").await, expected, "{query}");
    }
    assert_eq!(names(&app, ALICE, "?user=nobody", "1.3").await, ["a", "b", "d"]);
    assert_eq!(names(&app, ADMIN, "?global_project=true", "1.0").await, ["a", "b", "d", "theirs"]);
    let first = app.show(ALICE, "/v1/receivers/a", "receiver").await;
    let after = format!("?marker={}", text(&first, "id"));
    assert_eq!(names(&app, ALICE, &after, "1.0").await, ["b", "d"]);
}

#[tokio::test]
async fn parameters_are_checked() {
    let (app, _) = app().await;
    for (query, text) in [
        ("?colour=1", "Invalid parameter colour"),
        ("?type=smoke", "Field value smoke is invalid"),
        ("?action=NODE_CHECK", "Field value NODE_CHECK is invalid"),
        ("?sort=channel", "Unsupported sort key 'channel' for 'sort'."),
    ] {
        let answer = app.get(&format!("/v1/receivers{query}")).by(ALICE).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
    let global = app.get("/v1/receivers?global_project=true").by(ALICE).send().await;
    check::fault(&global, 403, "Forbidden", "You are not authorized to complete this operation.");
}
