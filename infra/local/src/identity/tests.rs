//! The development identity as a client sees it: requests in, answers out, under a clock that the
//! test turns.

mod accounts;
mod issuing;
mod lasting;
mod validation;

use super::*;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use coppice_domain::time::Timestamp;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use tower::ServiceExt as _;

const ROOT: &str = "http://127.0.0.1:8778";
/// 2027-01-15T08:00:00.25Z
const START: i64 = 1_800_000_000_250_000;

struct FakeClock(AtomicI64);

impl FakeClock {
    fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that never repeat within a test.
#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(self.0.fetch_add(1, Ordering::SeqCst) + 1);
        Ok(())
    }
}

struct World {
    identity: Arc<DevIdentity>,
    app: Router,
    clock: Arc<FakeClock>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn token(&self) -> String {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.body);
        self.header("X-Subject-Token").to_owned()
    }
}

fn settings() -> Settings {
    Settings { root_url: ROOT.into(), api_url: ROOT.into(), token_lifetime: TOKEN_LIFETIME }
}

impl World {
    fn new() -> Self {
        Self::of(directory::DEFAULT_TEXT)
    }

    fn of(text: &str) -> Self {
        let clock = Arc::new(FakeClock(AtomicI64::new(START)));
        let directory = Directory::parse(text).unwrap();
        let identity =
            DevIdentity::in_memory(&settings(), directory, clock.clone(), Arc::<Counting>::default())
                .unwrap();
        Self::around(identity, clock)
    }

    fn around(identity: DevIdentity, clock: Arc<FakeClock>) -> Self {
        let identity = Arc::new(identity);
        Self { app: router(identity.clone()), identity, clock }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/identity{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, body }
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, &[("X-Auth-Token", token)], String::new()).await
    }

    async fn log_in(&self, auth: Value) -> Answer {
        self.send("POST", "/v3/auth/tokens", &[], json!({ "auth": auth }).to_string()).await
    }

    /// A token of a user in the project of the same name.
    async fn token(&self, name: &str) -> String {
        self.log_in(by_name(name, "coppice", json!(null))).await.token()
    }

    async fn about(&self, method: &str, token: &str, subject: &str) -> Answer {
        let headers = [("X-Auth-Token", token), ("X-Subject-Token", subject)];
        self.send(method, "/v3/auth/tokens", &headers, String::new()).await
    }
}

fn by_name(user: &str, password: &str, scope: Value) -> Value {
    let user = json!({"name": user, "domain": {"name": "Default"}, "password": password});
    let mut auth = json!({"identity": {"methods": ["password"], "password": {"user": user}}});
    auth["scope"] = scope;
    auth
}

fn by_token(token: &str, scope: Value) -> Value {
    let mut auth = json!({"identity": {"methods": ["token"], "token": {"id": token}}});
    auth["scope"] = scope;
    auth
}

fn project(name: &str) -> Value {
    json!({"project": {"name": name, "domain": {"id": "default"}}})
}
