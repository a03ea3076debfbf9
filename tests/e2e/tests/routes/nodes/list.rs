//! `GET /v1/nodes`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, Person, TestApp};
use serde_json::Value;

async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 3).await;
    app.cluster(ALICE, "d", &profile, 2).await;
    let theirs = app.profile(BOB, "q").await;
    app.cluster(BOB, "e", &theirs, 1).await;
    (app, id)
}

async fn list(app: &TestApp, person: Person, query: &str) -> Value {
    let answer = app.get(&format!("/v1/nodes{query}")).by(person).send().await;
    check::resource(&answer, 200, "1.0");
    answer.json()["nodes"].take()
}

#[tokio::test]
async fn nodes_are_those_of_the_project_or_of_one_cluster() {
    let (app, id) = app().await;
    for (query, count) in [
        (String::new(), 5),
        ("?cluster_id=c".to_owned(), 3),
        (format!("?cluster_id={id}&limit=2"), 2),
        (format!("?cluster_id={}", &id[..8]), 3),
        ("?cluster_id=".to_owned(), 5),
        ("?cluster_id=d&cluster_id=c".to_owned(), 3),
        ("?status=ACTIVE".to_owned(), 5),
        ("?status=ERROR&status=INIT".to_owned(), 0),
        ("?name=nobody".to_owned(), 0),
    ] {
        assert_eq!(list(&app, ALICE, &query).await.as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(list(&app, ADMIN, "?global_project=true").await.as_array().unwrap().len(), 6);
    assert_eq!(list(&app, BOB, "").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nodes_are_sorted_and_paged() {
    let (app, _) = app().await;
    let indexes = |query| {
        let app = &app;
        async move { check::column(&list(app, ALICE, query).await, "index") }
    };
    assert_eq!(indexes("?cluster_id=c&sort=index:desc").await, ["3", "2", "1"]);
    assert_eq!(indexes("?cluster_id=c&sort=index&limit=2").await, ["1", "2"]);
    for scope in ["", "cluster_id=c&"] {
        for sort in
            ["", "sort=name&", "sort=name:desc&", "sort=index,name&", "sort=status:desc,init_at:desc&"]
        {
            let whole = check::column(&list(&app, ALICE, &format!("?{scope}{sort}")).await, "id");
            let (mut paged, mut marker) = (Vec::new(), String::new());
            loop {
                let page = list(&app, ALICE, &format!("?{scope}{sort}limit=2{marker}")).await;
                let page = check::column(&page, "id");
                let Some(last) = page.last() else { break };
                marker = format!("&marker={last}");
                paged.extend(page);
            }
            assert_eq!(paged, whole, "{scope}{sort}");
        }
    }
}

#[tokio::test]
async fn an_unknown_cluster_is_a_bad_request() {
    let (app, _) = app().await;
    for cluster in ["nosuch", "e"] {
        let answer = app.get(&format!("/v1/nodes?cluster_id={cluster}")).by(ALICE).send().await;
        let text = format!("Cannot find the given cluster: {cluster}.");
        check::fault(&answer, 400, "BadRequest", &text);
    }
}
