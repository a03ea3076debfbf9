//! Paths and queries that mean nothing.

use super::assert_sound;
use crate::check;
use coppice_e2e::{ALICE, TestApp};

/// Every list.
const LISTS: [&str; 9] = [
    "profiles",
    "policies",
    "clusters",
    "nodes",
    "receivers",
    "actions",
    "events",
    "profile-types",
    "policy-types",
];

#[tokio::test]
async fn a_path_that_is_no_text_leads_nowhere() {
    let app = TestApp::new().await;
    for path in [
        "%FF",
        "clusters/%FF",
        "clusters/%C3%28",
        "clusters/%E2%82",
        "%F0%9F/x",
        "clusters/a%2Fb",
        "clusters/%ff%fe/actions",
    ] {
        let answer = app.get(&format!("/v1/{path}")).by(ALICE).send().await;
        check::bare(&answer, 404);
    }
    for path in [
        "//",
        "/v1//",
        "/v1//clusters",
        "/v1/clusters//",
        "/v1/./clusters",
        "/v1/../v1/clusters",
        "/v1/clusters/%",
        "/v1/clusters/%2",
        "/v1/clusters/%zz",
        "/v1/clusters/;x=1",
        "/v1/%63lusters",
    ] {
        assert_sound(&app.get(path).by(ALICE).send().await, path);
    }
}

#[tokio::test]
async fn a_url_is_at_most_50000_bytes_long() {
    let app = TestApp::new().await;
    let prefix = "/v1/clusters?name=";
    let longest = format!("{prefix}{}", "a".repeat(50_000 - prefix.len()));
    assert_eq!(app.get(&longest).by(ALICE).send().await.status, 200);
    check::bare(&app.get(&format!("{longest}a")).by(ALICE).send().await, 414);
    let path = format!("/v1/clusters/{}", "a".repeat(40_000));
    check::bare(&app.get(&path).by(ALICE).send().await, 404);
}

#[tokio::test]
async fn a_query_of_any_shape_is_answered() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    let before = app.items().await;
    let many = "name=a&".repeat(5_000);
    let keys = format!("sort={}", "name,".repeat(2_000).trim_end_matches(','));
    for query in [
        "",
        "&",
        "&&=&",
        "=",
        "=1",
        "%FF=1",
        "name=%FF",
        "name=%00",
        "limit",
        "limit=",
        "marker=",
        "sort=",
        "sort=:",
        "sort=name:",
        "sort=:asc",
        "sort=name:asc:desc",
        "sort=name;limit=1",
        "sort=name,name",
        "global_project=",
        "status=",
        "limit=1&limit=x",
        "marker=%7B%7D",
        "name=%F0%9F%92%A5",
        "name[]=1",
        "+=+",
        "a=b=c",
        "cluster_id=%25",
        "cluster_id=_",
        &many,
        &keys,
    ] {
        for list in LISTS {
            let target = format!("/v1/{list}?{query}");
            let answer = app.get(&target).by(ALICE).at("1.14").send().await;
            assert_sound(&answer, &target[..target.len().min(80)]);
        }
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn headers_of_any_content_are_answered() {
    let app = TestApp::new().await;
    let long = "a".repeat(16_000);
    for value in [
        "",
        " ",
        ",",
        "clustering",
        "clustering ",
        "clustering 1.",
        "clustering 1.14.0",
        "clustering 99999999999999999999.0",
        "clustering -1.0",
        "clustering 1.1, clustering 1.2",
        "\u{e9}",
        &long,
    ] {
        let answer = app.get("/v1/clusters").by(ALICE).header("openstack-api-version", value).send().await;
        assert_sound(&answer, value);
    }
    for (name, value) in [
        ("host", ""),
        ("host", "a b"),
        ("host", "\u{e9}"),
        ("accept", ",;q=x"),
        ("accept", &long),
        ("x-openstack-request-id", "req-x"),
        ("x-forwarded-proto", "gopher"),
        ("forwarded", "host=\""),
    ] {
        for target in ["/", "/v1", "/v1/clusters", "/v1/nosuch", "/v2"] {
            assert_sound(&app.get(target).by(ALICE).header(name, value).send().await, name);
        }
    }
}
