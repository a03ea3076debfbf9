//! `GET /v1/policies`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, Person, TestApp, deletion_policy, scaling_policy};
use serde_json::{Value, json};

async fn list(app: &TestApp, person: Person, query: &str) -> Value {
    let answer = app.get(&format!("/v1/policies{query}")).by(person).send().await;
    check::resource(&answer, 200, "1.0");
    answer.json()["policies"].take()
}

#[tokio::test]
async fn policies_are_listed_by_age_filtered_sorted_and_paged() {
    let app = TestApp::new().await;
    for name in ["b", "a", "c"] {
        app.policy(ALICE, name, &scaling_policy()).await;
    }
    let last = app.policy(ALICE, "a", &deletion_policy()).await;
    app.policy(BOB, "theirs", &scaling_policy()).await;
    for (query, expected) in [
        ("", &["b", "a", "c", "a"][..]),
        ("?sort=name", &["a", "a", "b", "c"]),
        ("?sort=type,name:desc", &["a", "c", "b", "a"]),
        ("?sort=created_at:desc&limit=2", &["a", "c"]),
        ("?name=a&name=c", &["a", "c", "a"]),
        ("?type=senlin.policy.deletion-1.1", &["a"]),
        ("?type=senlin.policy.deletion", &[]),
        ("?limit=0", &[]),
        (&format!("?sort=created_at:desc&marker={last}"), &["c", "a", "b"]),
    ] {
        assert_eq!(check::column(&list(&app, ALICE, query).await, "name"), expected, "{query}");
    }
    for query in ["", "?global_project=true"] {
        let all = check::column(&list(&app, ADMIN, query).await, "name");
        assert_eq!(all, ["b", "a", "c", "a", "theirs"]);
    }
}

#[tokio::test]
async fn a_listed_policy_tells_its_times_without_a_zone() {
    let app = TestApp::new().await;
    let id = app.policy(ALICE, "del1", &deletion_policy()).await;
    let expected = json!([{
        "id": id, "name": "del1", "type": "senlin.policy.deletion-1.1", "spec": deletion_policy(),
        "data": {}, "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": "2023-11-14T22:13:20.000000", "updated_at": null,
    }]);
    assert_eq!(list(&app, ALICE, "").await, expected);
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_without_quotes() {
    let app = TestApp::new().await;
    for (query, text) in [
        ("colour=1", "Invalid parameter colour"),
        ("sort=cooldown", "Unsupported sort key 'cooldown' for 'sort'."),
    ] {
        let answer = app.get(&format!("/v1/policies?{query}")).by(ALICE).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
    let global = app.get("/v1/policies?global_project=true").by(ALICE).send().await;
    check::fault(&global, 403, "Forbidden", "You are not authorized to complete this operation.");
}
