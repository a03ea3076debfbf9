//! The provider against a small Keystone on loopback, under a clock that the test turns.

use super::*;
use ::http::HeaderMap;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicU16, AtomicUsize, Ordering::SeqCst};

#[derive(Default)]
struct FakeClock(AtomicI64);

impl FakeClock {
    fn set_seconds(&self, seconds: i64) {
        self.0.store(seconds * 1_000_000, SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(SeqCst))
    }
}

/// What the double knows and has seen. Tokens beginning with `good` are valid until 1970-01-01T01:00.
#[derive(Default)]
struct Double {
    validations: AtomicUsize,
    logins: AtomicUsize,
    /// Answers every validation with this status instead, unless 0.
    fail_with: AtomicU16,
    /// The service token of this login and later ones is accepted, earlier ones no more.
    oldest_login: AtomicUsize,
}

async fn validate(State(double): State<Arc<Double>>, headers: HeaderMap) -> Response {
    double.validations.fetch_add(1, SeqCst);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (subject, authority) = (header("X-Subject-Token"), header("X-Auth-Token"));
    let status = StatusCode::from_u16(double.fail_with.load(SeqCst)).unwrap_or(StatusCode::OK);
    if status != StatusCode::OK {
        return status.into_response();
    }
    let login = authority.strip_prefix("service-").and_then(|number| number.parse::<usize>().ok());
    let trusted = match login {
        Some(number) => number >= double.oldest_login.load(SeqCst),
        None => authority == subject && subject.starts_with("good"),
    };
    if !trusted {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if !subject.starts_with("good") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut token = json!({
        "user": {"id": "u1", "name": "demo"},
        "project": {"id": "p1", "name": "demo"},
        "roles": [{"name": "member"}],
        "expires_at": "1970-01-01T01:00:00.000000Z",
    });
    if subject == "good-unscoped" {
        token["project"].take();
    }
    if subject == "good-huge" {
        token["padding"] = Value::String("x".repeat(300 * 1024));
    }
    Json(json!({ "token": token })).into_response()
}

async fn log_in(State(double): State<Arc<Double>>, body: Bytes) -> Response {
    let number = double.logins.fetch_add(1, SeqCst) + 1;
    let request: Value = serde_json::from_slice(&body).unwrap();
    if request["auth"]["identity"]["password"]["user"]["password"] != "hunter2" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let body = json!({"token": {"expires_at": "1970-01-01T00:30:00.000000Z"}});
    (StatusCode::CREATED, [("X-Subject-Token", format!("service-{number}"))], Json(body)).into_response()
}

async fn serve(double: Arc<Double>) -> String {
    let app = Router::new().route("/v3/auth/tokens", get(validate).post(log_in)).with_state(double);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn start(settings: Value) -> (Keystone, Arc<Double>, Arc<FakeClock>) {
    let (double, clock) = (Arc::<Double>::default(), Arc::<FakeClock>::default());
    let mut config = json!({"auth_url": serve(double.clone()).await});
    config.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let keystone = Keystone::new(serde_json::from_value(config).unwrap(), clock.clone()).unwrap();
    (keystone, double, clock)
}

fn service_user(password: &str) -> Value {
    json!({"kind": "password", "username": "coppice", "password": password, "project_name": "service"})
}

fn is_unavailable<T>(answer: &Result<T, IdentityError>) -> bool {
    matches!(answer, Err(IdentityError::Unavailable(_)))
}

#[tokio::test]
async fn a_token_validates_itself_and_strangers_are_refused() {
    let (keystone, double, _) = start(json!({})).await;
    let caller = keystone.validate("good-1").await.unwrap();
    assert_eq!((caller.user_id.as_str(), caller.project_id.as_str()), ("u1", "p1"));
    assert_eq!(caller.roles, ["member"]);
    assert_eq!(keystone.validate("bad").await, Err(IdentityError::Unauthorized));
    assert_eq!(keystone.validate("good-unscoped").await, Err(IdentityError::Incomplete));
    let asked = double.validations.load(SeqCst);
    for token in ["", "new\nline", &"x".repeat(LONGEST_TOKEN + 1)] {
        assert_eq!(keystone.validate(token).await, Err(IdentityError::Unauthorized));
    }
    assert_eq!(double.validations.load(SeqCst), asked, "what cannot be a token is not asked about");
}

#[tokio::test]
async fn good_answers_are_remembered_for_cache_seconds_and_refusals_are_not() {
    let (keystone, double, clock) = start(json!({"cache_seconds": 100})).await;
    for (seconds, asked) in [(0, 1), (99, 1), (100, 2), (199, 2), (200, 3)] {
        clock.set_seconds(seconds);
        keystone.validate("good-1").await.unwrap();
        assert_eq!(double.validations.load(SeqCst), asked, "at {seconds} s");
    }
    for asked in [4, 5] {
        keystone.validate("bad").await.unwrap_err();
        assert_eq!(double.validations.load(SeqCst), asked);
    }
}

#[tokio::test]
async fn nothing_is_remembered_beyond_the_token_s_own_end() {
    let (keystone, double, clock) = start(json!({"cache_seconds": 100_000})).await;
    keystone.validate("good-1").await.unwrap();
    clock.set_seconds(3599);
    keystone.validate("good-1").await.unwrap();
    assert_eq!(double.validations.load(SeqCst), 1);
    clock.set_seconds(3600);
    double.fail_with.store(401, SeqCst);
    assert_eq!(keystone.validate("good-1").await, Err(IdentityError::Unauthorized));
    assert_eq!(double.validations.load(SeqCst), 2);
}

#[tokio::test]
async fn a_remembered_caller_is_served_while_keystone_is_down() {
    let (keystone, double, _) = start(json!({})).await;
    keystone.validate("good-1").await.unwrap();
    double.fail_with.store(503, SeqCst);
    keystone.validate("good-1").await.unwrap();
    assert!(is_unavailable(&keystone.validate("good-2").await));
}

#[tokio::test]
async fn statuses_that_say_nothing_about_the_token_mean_unavailable() {
    let (keystone, double, _) = start(json!({})).await;
    for status in [302, 400, 403, 429, 500, 503] {
        double.fail_with.store(status, SeqCst);
        let answer = keystone.validate("good-secret").await;
        assert!(is_unavailable(&answer), "{status}");
        assert!(!format!("{answer:?}").contains("good-secret"), "{status}");
    }
}

#[tokio::test]
async fn an_answer_without_bounds_is_cut_off() {
    let (keystone, _, _) = start(json!({})).await;
    assert!(is_unavailable(&keystone.validate("good-huge").await));
}

#[tokio::test]
async fn a_keystone_that_refuses_connections_or_never_answers_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = json!({"auth_url": format!("http://{address}"), "timeout_ms": 50});
    let config: KeystoneConfig = serde_json::from_value(config).unwrap();
    let keystone = Keystone::new(config, Arc::<FakeClock>::default()).unwrap();
    // Connections are queued by the system, and nobody accepts them.
    let silence = keystone.validate("good-secret").await.unwrap_err();
    assert!(silence.to_string().contains("in time"), "{silence}");
    drop(listener);
    let refusal = keystone.validate("good-secret").await;
    assert!(is_unavailable(&refusal));
    assert!(!format!("{silence:?}{refusal:?}").contains("good-secret"));
}

#[tokio::test]
async fn a_service_user_logs_in_once_and_renews_its_token_before_the_end() {
    let (keystone, double, clock) =
        start(json!({"credential": service_user("hunter2"), "cache_seconds": 0})).await;
    for (seconds, logins) in [(0, 1), (10, 1), (1739, 1), (1740, 2)] {
        clock.set_seconds(seconds);
        keystone.validate("good-1").await.unwrap();
        assert_eq!(double.logins.load(SeqCst), logins, "at {seconds} s");
    }
    assert_eq!(keystone.validate("bad").await, Err(IdentityError::Unauthorized), "404 under a service token");
}

#[tokio::test]
async fn a_service_token_that_keystone_refuses_is_replaced_once() {
    let (keystone, double, _) = start(json!({"credential": service_user("hunter2")})).await;
    keystone.validate("good-1").await.unwrap();
    double.oldest_login.store(2, SeqCst);
    keystone.validate("good-2").await.unwrap();
    assert_eq!(double.logins.load(SeqCst), 2);
    double.oldest_login.store(usize::MAX, SeqCst);
    assert!(is_unavailable(&keystone.validate("good-3").await), "the caller is not to blame");
    assert_eq!(double.logins.load(SeqCst), 3);
}

#[tokio::test]
async fn a_wrong_service_credential_is_the_operator_s_affair_not_the_caller_s() {
    let (keystone, _, _) = start(json!({"credential": service_user("wrong")})).await;
    let answer = keystone.validate("good-1").await;
    assert!(is_unavailable(&answer));
    assert!(!format!("{answer:?}").contains("wrong"));
    let (keystone, double, _) = start(json!({"credential": {"kind": "token", "token": "service-7"}})).await;
    keystone.validate("good-1").await.unwrap();
    double.oldest_login.store(8, SeqCst);
    assert!(is_unavailable(&keystone.validate("good-2").await));
    assert_eq!(double.logins.load(SeqCst), 0);
}
