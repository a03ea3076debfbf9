//! `GET /`, `GET /v1` and `GET /v1/` (spec api-common §2, §3).

use crate::check;
use coppice_e2e::{ALICE, TestApp};
use http::Method;
use serde_json::{Value, json};

fn version(href: &str) -> Value {
    json!({
        "id": "1.0",
        "status": "CURRENT",
        "updated": "2016-01-18T00:00:00Z",
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.clustering-v1+json",
        }],
        "links": [
            { "rel": "self", "href": href },
            { "rel": "help", "href": "https://docs.openstack.org/api-ref/clustering" },
        ],
        "min_version": "1.0",
        "max_version": "1.14",
    })
}

#[tokio::test]
async fn the_versions_are_listed_to_everybody_by_any_method() {
    let app = TestApp::new().await;
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        for target in ["/", "/versions", "/versions/", "/versions/whatever?x=1"] {
            let answer = app.request(method.clone(), target).send().await;
            check::bare(&answer, 300);
            assert_eq!(answer.json(), json!({ "versions": [version("http://127.0.0.1:8778/v1")] }));
        }
    }
    let ignored = app.get("/").at("9.9").send().await;
    check::bare(&ignored, 300);
}

#[tokio::test]
async fn the_version_document_needs_no_token_without_a_slash() {
    let app = TestApp::new().await;
    for (target, href) in [("/v1", "v1/v1"), ("/v1.0", "v1.0/v1"), ("/v1.", "v1./v1")] {
        let answer = app.get(target).send().await;
        check::bare(&answer, 200);
        assert_eq!(answer.json(), json!({ "version": version(&format!("http://127.0.0.1:8778/{href}")) }));
    }
    assert_eq!(app.get("/v1").at("1.15").send().await.status, 406);
}

#[tokio::test]
async fn with_a_slash_it_is_a_resource_and_needs_a_token() {
    let app = TestApp::new().await;
    assert_eq!(app.get("/v1/").send().await.status, 401);
    let answer = app.get("/v1/").by(ALICE).at("latest").send().await;
    check::resource(&answer, 200, "1.14");
    assert_eq!(answer.json(), json!({ "version": version("http://127.0.0.1:8778/v1/v1") }));
    assert_eq!(app.post("/v1/").by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn an_unknown_version_leads_nowhere_unless_anything_is_accepted() {
    let app = TestApp::new().await;
    for target in ["/v2", "/v1.1/clusters", "/foo", "/V1"] {
        assert_eq!(app.get(target).send().await.status, 404, "{target}");
        assert_eq!(app.get(target).header("accept", "*/*").send().await.status, 300, "{target}");
        assert_eq!(app.get(target).without("accept").send().await.status, 404, "{target}");
    }
    let media = "application/vnd.openstack.clustering-v1";
    let routed = app.get("/clusters").header("accept", media).by(ALICE).send().await;
    check::resource(&routed, 200, "1.0");
    let suffixed = format!("{media}+json");
    assert_eq!(app.get("/clusters").header("accept", &suffixed).by(ALICE).send().await.status, 404);
}

#[tokio::test]
async fn a_microversion_is_negotiated_before_anything_else() {
    let app = TestApp::new().await;
    for (header, used) in [
        ("clustering 1.0", "1.0"),
        ("clustering 1.14", "1.14"),
        ("clustering LATEST", "1.14"),
        ("compute 2.1, clustering 1.3", "1.3"),
        ("compute 2.1", "1.0"),
        ("1.3", "1.0"),
        ("clustering", "1.0"),
    ] {
        let answer = app.get("/v1/clusters").by(ALICE).header("openstack-api-version", header).send().await;
        check::resource(&answer, 200, used);
    }
    for (asked, status) in [("1.15", 406), ("2.0", 406), ("0.9", 400), ("abc", 400), ("1.00", 400)] {
        let answer = app.get("/v1/clusters").at(asked).send().await;
        check::bare(&answer, status);
    }
    let legacy =
        app.get("/v1/clusters").by(ALICE).header("openstack-clustering-api-version", "1.5").send().await;
    check::resource(&legacy, 200, "1.0");
}

#[tokio::test]
async fn what_is_not_routed_is_404_to_those_with_a_token_and_401_to_others() {
    let app = TestApp::new().await;
    for (method, target) in [
        (Method::GET, "/v1/nosuch"),
        (Method::PUT, "/v1/clusters"),
        (Method::HEAD, "/v1/clusters"),
        (Method::OPTIONS, "/v1/clusters"),
        (Method::DELETE, "/v1/actions/x"),
        (Method::GET, "/v1/clusters/a%2Fb"),
    ] {
        let answer = app.request(method.clone(), target).by(ALICE).send().await;
        check::bare(&answer, 404);
        assert_eq!(answer.header("allow"), None, "{method} {target}");
        assert_eq!(app.request(method, target).send().await.status, 401, "{target}");
    }
}

#[tokio::test]
async fn answers_are_written_as_the_reference_writes_them() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/clusters/caf%C3%A9").by(ALICE).send().await;
    assert_eq!(
        answer.text(),
        "{\"code\": 404, \"error\": {\"code\": 404, \"message\": \"The cluster 'caf\\u00e9' could not be \
         found.\", \"type\": \"ResourceNotFound\"}, \"explanation\": \"The resource could not be found.\", \
         \"title\": \"Not Found\"}"
    );
}
