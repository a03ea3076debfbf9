use super::*;
use crate::call::{Body, Call, Endpoint, Unclaimed};
use crate::microversion::{Feature, MIN};
use async_trait::async_trait;
use axum::routing::{get, post};
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use uuid::Uuid;

struct Fixed;

impl IdSource for Fixed {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(7)
    }
}

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }
}

#[async_trait]
impl Identity for Fixed {
    async fn validate(&self, token: &str) -> Result<Caller, IdentityError> {
        match token {
            "good" | "admin" => Ok(Caller {
                user_id: "u".into(),
                user_name: "u".into(),
                project_id: "p".into(),
                project_name: "p".into(),
                domain_id: None,
                roles: vec![if token == "admin" { "admin" } else { "reader" }.into()],
                expires_at: None,
            }),
            "unscoped" => Err(IdentityError::Incomplete),
            "outage" => Err(IdentityError::Unavailable("connection refused by 10.0.0.5".into())),
            _ => Err(IdentityError::Unauthorized),
        }
    }

    fn auth_uri(&self) -> &str {
        "http://127.0.0.1:5000"
    }
}

const SHOW: Endpoint = Endpoint { rule: "clusters:get", since: MIN, body: Body::None };
const CREATE: Endpoint = Endpoint { rule: "clusters:create", since: MIN, body: Body::Required };
const NEWER: Endpoint =
    Endpoint { rule: "services:index", since: Feature::Adoption.since(), body: Body::None };

/// A call that only an administrator may make, and one that anyone may.
const GUARDED: Endpoint = Endpoint { rule: "services:index", since: MIN, body: Body::Optional };
const HOOK: Endpoint = Endpoint { rule: "webhooks:trigger", since: MIN, body: Body::Optional };

/// Calls a webhook for user `owner`, by the endpoint that its id says.
async fn hook(
    axum::extract::Path(id): axum::extract::Path<String>,
    call: Unclaimed,
) -> Result<Response, Failure> {
    if call.query.is_empty() {
        return Ok(RawError::webhook_without_version().respond(call.headers()));
    }
    let owner = Caller {
        user_id: "owner".into(),
        user_name: "owner".into(),
        project_id: "p".into(),
        project_name: "p".into(),
        domain_id: None,
        roles: vec!["member".into()],
        expires_at: None,
    };
    let endpoint = if id == "guarded" { &GUARDED } else { &HOOK };
    let call = call.on_behalf_of(owner, endpoint).await?;
    Ok(call.respond().ok(&json!({ "caller": call.caller.user_id, "query": call.query, "body": call.body })))
}

fn service() -> Router {
    let router = Router::new()
        .route("/webhooks/{id}/trigger", post(hook))
        .route(
            "/clusters",
            post(async |call: Call| -> Result<Response, Failure> {
                call.enter(&CREATE)?;
                let body = json!(call.body);
                Ok(call.respond().accepted(&body, ActionId::new(Uuid::from_u128(9))))
            }),
        )
        .route(
            "/clusters/{id}",
            get(
                async |axum::extract::Path(id): axum::extract::Path<String>,
                       call: Call|
                       -> Result<Response, Failure> {
                    call.enter(&SHOW)?;
                    Ok(call.respond().ok(&json!({ "id": id, "query": call.query, "mount": call.mount })))
                },
            ),
        )
        .route(
            "/newer",
            get(async |call: Call| -> Result<Response, Failure> {
                call.enter(&NEWER)?;
                Ok(call.respond().ok(&Value::Null))
            }),
        )
        .route(openapi::PATH, get(async || "described"))
        .route("/panic", get(async || -> Response { panic!("the secret is 42") }));
    served(router)
}

fn served(router: Router) -> Router {
    app(router, Pipeline { identity: Arc::new(Fixed), ids: Arc::new(Fixed), clock: Arc::new(Fixed) })
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap().to_owned()
    }
}

async fn send(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    send_to(service(), method, target, headers, body).await
}

async fn send_to(
    service: Router,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = http::Request::builder().method(method).uri(target).header("host", "cloud.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(axum::body::Body::from(body.to_owned())).unwrap();
    let response = service.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    assert_eq!(parts.headers["x-openstack-request-id"], "req-00000000-0000-0000-0000-000000000007");
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

const TOKEN: (&str, &str) = ("X-Auth-Token", "good");
const JSON: (&str, &str) = ("Accept", "application/json");

#[tokio::test]
async fn version_documents_need_no_token() {
    for target in ["/", "/versions", "/versions/x"] {
        let list = send("GET", target, &[("OpenStack-API-Version", "clustering 9.9")], "").await;
        assert_eq!(list.status, 300);
        assert_eq!(list.json()["versions"][0]["links"][0]["href"], "http://cloud.example/v1");
        assert!(!list.headers.contains_key("vary"));
    }
    for (target, link) in [("/v1", "http://cloud.example/v1/v1"), ("/v1.0", "http://cloud.example/v1.0/v1")] {
        let document = send("DELETE", target, &[], "").await;
        assert_eq!(document.status, 200);
        assert_eq!(document.json()["version"]["links"][0]["href"], link);
    }
    assert_eq!(send("GET", "/foo", &[("Accept", "*/*")], "").await.status, 300);
    assert_eq!(send("GET", "/foo", &[("Accept", "")], "").await.status, 300);
    assert_eq!(send("GET", "/foo", &[], "").await.status, 404);
}

#[tokio::test]
async fn the_description_needs_no_token_to_be_read() {
    for (method, headers, status) in [
        ("GET", &[][..], 200),
        ("GET", &[("X-Auth-Token", "bad")], 200),
        ("GET", &[("openstack-api-version", "clustering 9.9")], 406),
        ("HEAD", &[], 401),
        ("POST", &[], 401),
        ("POST", &[TOKEN], 404),
    ] {
        assert_eq!(
            send(method, "/v1/openapi.json", headers, "").await.status,
            status,
            "{method} {headers:?}"
        );
    }
    assert_eq!(send("GET", "/v1.0/openapi.json", &[], "").await.text, "described");
}

#[tokio::test]
async fn the_microversion_is_looked_at_before_the_token() {
    let high = send("GET", "/v1/clusters/a", &[("openstack-api-version", "clustering 1.15")], "").await;
    assert_eq!((high.status, high.json()["error"]["type"].as_str()), (406, Some("InvalidGlobalAPIVersion")));
    let low = send("GET", "/v1/clusters/a", &[JSON, ("openstack-api-version", "clustering 0.9")], "").await;
    assert_eq!((low.status, low.json()["code"].as_str()), (400, Some("400 Bad Request")));
    assert_eq!(send("GET", "/v1", &[("OpenStack-API-Version", "clustering 9.9")], "").await.status, 406);
}

#[tokio::test]
async fn the_token_is_looked_at_before_the_route() {
    for (headers, status) in [
        (&[JSON][..], 401),
        (&[JSON, ("X-Auth-Token", "bad")], 401),
        (&[JSON, ("X-Auth-Token", "unscoped")], 400),
        (&[JSON, ("X-Auth-Token", "outage")], 503),
        (&[JSON, TOKEN], 404),
    ] {
        assert_eq!(send("GET", "/v1/nosuch", headers, "").await.status, status, "{headers:?}");
    }
    let refused = send("GET", "/v1/clusters/a", &[], "").await;
    assert_eq!(refused.headers["www-authenticate"], "Keystone uri=\"http://127.0.0.1:5000\"");
    assert_eq!(refused.text.len(), 114);
    let outage = send("GET", "/v1/clusters/a", &[("X-Auth-Token", "outage")], "").await;
    assert!(!outage.text.contains("10.0.0.5"), "{}", outage.text);
}

#[tokio::test]
async fn a_webhook_is_called_without_a_token_and_one_that_comes_along_does_not_count() {
    for headers in [&[][..], &[TOKEN], &[("X-Auth-Token", "bad")], &[("X-Auth-Token", "outage")]] {
        for target in ["/v1/webhooks/r/trigger?V=2", "/v1.0/webhooks/r/trigger?V=2"] {
            let answer = send("POST", target, headers, r#"{"a": 1}"#).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let expected = json!({ "caller": "owner", "query": [["V", "2"]], "body": {"a": 1} });
            assert_eq!(answer.json(), expected);
            assert_eq!(answer.headers["openstack-api-version"], "clustering 1.0");
        }
    }
    // The microversion is looked at first, then what the handler says before anyone answers for the call,
    // then whether they may, and the body last.
    let high = ("OpenStack-API-Version", "clustering 1.15");
    assert_eq!(send("POST", "/v1/webhooks/r/trigger", &[high], "{").await.status, 406);
    let bare = send("POST", "/v1/webhooks/guarded/trigger", &[JSON], "{").await;
    assert_eq!((bare.status, bare.json()["code"].as_str()), (400, Some("400 Bad Request")));
    assert_eq!(send("POST", "/v1/webhooks/guarded/trigger?V=2", &[], "{").await.status, 403);
    let malformed = send("POST", "/v1/webhooks/r/trigger?V=2", &[], "{").await;
    assert!(malformed.message().starts_with("Expecting property name"), "{}", malformed.text);
}

#[tokio::test]
async fn nothing_but_a_webhooks_call_goes_without_a_token() {
    for (method, target) in [
        ("GET", "/v1/webhooks/r/trigger?V=2"),
        ("PUT", "/v1/webhooks/r/trigger?V=2"),
        ("DELETE", "/v1/webhooks/r/trigger?V=2"),
        ("HEAD", "/v1/webhooks/r/trigger?V=2"),
        ("POST", "/v1/webhooks/r/trigger/?V=2"),
        ("POST", "/v1//webhooks/r/trigger?V=2"),
        ("POST", "/v1/webhooks//trigger?V=2"),
        ("POST", "/v1/webhooks/a%2Fb/trigger?V=2"),
        ("POST", "/v1/webhooks/%FF/trigger?V=2"),
        ("POST", "/v1/webhooks/r?V=2"),
        ("POST", "/v1/webhooks?V=2"),
        ("POST", "/v1/clusters?V=2"),
        ("POST", "/v1/clusters/webhooks/r/trigger?V=2"),
        ("POST", "/v1/webhooks/../clusters/trigger?V=2"),
        ("GET", "/v1/clusters/a?V=2"),
    ] {
        let answer = send(method, target, &[], "").await;
        assert_eq!(answer.status, 401, "{method} {target}: {}", answer.text);
    }
    // A function that serves no webhooks keeps theirs behind a token like every path it does not know.
    let elsewhere = || served(Router::new().route("/clusters", get(async || "")));
    for (headers, status) in [(&[][..], 401), (&[("X-Auth-Token", "bad")], 401), (&[TOKEN], 404)] {
        let answer = send_to(elsewhere(), "POST", "/v1/webhooks/r/trigger?V=2", headers, "").await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
    // Nor does a handler that asks for a caller answer to nobody.
    let mistaken = served(Router::new().route("/webhooks/{id}/trigger", post(async |_: Call| "")));
    assert_eq!(send_to(mistaken, "POST", "/v1/webhooks/r/trigger?V=2", &[], "").await.status, 500);
}

#[tokio::test]
async fn what_no_route_matches_is_a_raw_404_whatever_the_method() {
    for (method, target) in [
        ("PUT", "/v1/clusters"),
        ("HEAD", "/v1/clusters/a"),
        ("OPTIONS", "/v1/clusters"),
        ("GET", "/v1/clusters/a%2Fb"),
        ("GET", "/v1/clusters/%FF"),
        ("GET", "/v2/clusters"),
    ] {
        let lost = send(method, target, &[TOKEN], "").await;
        assert_eq!(lost.status, 404, "{method} {target}");
        assert!(!lost.headers.contains_key("allow"), "{method} {target}");
        assert!(!lost.headers.contains_key("openstack-api-version"));
    }
    let long = format!("/v1/clusters/{}", "x".repeat(URL_LIMIT));
    assert_eq!(send("GET", &long, &[TOKEN], "").await.status, 414);
}

#[tokio::test]
async fn a_handler_sees_the_path_without_the_version_and_the_query() {
    for (target, accept, mount) in [
        ("/v1/clusters/a?x=1&y=%20", "text/plain", "v1"),
        ("/v1.0/clusters/a/?x=1&y=%20", "text/plain", "v1.0"),
        ("/clusters/a?x=1&y=%20", "application/vnd.openstack.clustering-v1", ""),
    ] {
        let answer = send("GET", target, &[TOKEN, ("Accept", accept)], "").await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text);
        assert_eq!(answer.json(), json!({ "id": "a", "query": [["x", "1"], ["y", " "]], "mount": mount }));
        assert_eq!(answer.headers["openstack-api-version"], "clustering 1.0");
        assert_eq!(answer.headers["vary"], "OpenStack-API-Version");
    }
}

#[tokio::test]
async fn an_endpoint_checks_gate_then_permission_then_body() {
    let latest = ("OpenStack-API-Version", "clustering latest");
    let old = send("GET", "/v1/newer", &[TOKEN], r#"{"a": 1}"#).await;
    assert_eq!(
        (old.status, old.message()),
        (400, "API version '1.0' is not supported on this method.".to_owned())
    );
    assert_eq!(send("GET", "/v1/newer", &[TOKEN, latest], r#"{"a": 1}"#).await.status, 403);
    let admin = ("X-Auth-Token", "admin");
    assert_eq!(send("GET", "/v1/newer", &[admin, latest], r#"{"a": 1}"#).await.status, 400);
    assert_eq!(send("GET", "/v1/newer", &[admin, latest], "").await.status, 200);
    let missing = send("POST", "/v1/clusters", &[TOKEN], "").await;
    assert_eq!((missing.status, missing.message()), (400, coppice_domain::fault::MALFORMED.to_owned()));
    let malformed = send("GET", "/v1/newer", &[TOKEN], "{").await;
    assert!(malformed.message().starts_with("Expecting property name"), "{}", malformed.text);
}

#[tokio::test]
async fn an_accepted_request_carries_an_absolute_location() {
    let answer = send("POST", "/v1/clusters", &[TOKEN], r#"{"b": "é", "a": 1}"#).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.text, r#"{"a": 1, "b": "\u00e9"}"#);
    assert_eq!(
        answer.headers["location"],
        "http://cloud.example/v1/actions/00000000-0000-0000-0000-000000000009"
    );
}

#[tokio::test]
async fn a_panic_is_answered_and_kept_to_the_log() {
    let answer = send("GET", "/v1/panic", &[TOKEN], "").await;
    assert_eq!((answer.status, answer.json()["error"]["type"].as_str()), (500, Some("InternalError")));
    assert!(!answer.text.contains("42"), "{}", answer.text);
}
