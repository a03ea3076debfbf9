//! A request in the making.

use crate::answer::Answer;
use crate::app::TestApp;
use crate::described;
use crate::people::Person;
use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde_json::Value;
use std::time::Duration;

/// The authority every request is addressed to.
const HOST: &str = "127.0.0.1:8778";

/// A request in the making. It asks for JSON and comes from nobody unless told otherwise.
pub struct Ask<'a> {
    app: &'a TestApp,
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(app: &'a TestApp, method: Method, target: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(HOST));
        headers.insert("accept", HeaderValue::from_static("application/json"));
        Self { app, method, target: target.to_owned(), headers, body: Vec::new() }
    }

    /// As this person.
    #[must_use]
    pub fn by(self, person: Person) -> Self {
        self.token(person.token)
    }

    /// With this token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("x-auth-token", token)
    }

    /// At this microversion of the Clustering API.
    #[must_use]
    pub fn at(self, microversion: &str) -> Self {
        self.header("openstack-api-version", &format!("clustering {microversion}"))
    }

    /// With this header, in place of one of that name.
    ///
    /// # Panics
    /// When it cannot be a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// Without this header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With this body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    /// With these bytes as a body that says it is JSON.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("content-type", "application/json").header("content-length", &length)
    }

    /// Sends it. A millisecond passes, so that no two requests are made at the same time.
    ///
    /// # Panics
    /// When the target cannot be part of a request, and when the answer is not as the API is described.
    pub async fn send(self) -> Answer {
        self.app.clock.advance(Duration::from_millis(1));
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.target)
            .body(Body::from(self.body))
            .unwrap_or_else(|cause| panic!("{} is no target: {cause}", self.target));
        *request.headers_mut() = self.headers;
        let answer = self.app.answer(request).await;
        let wrong = described::check(&self.method, &self.target, &answer).join("; ");
        let Self { method, target, .. } = self;
        assert!(wrong.is_empty(), "{method} {target}: {wrong}\n{} {}", answer.status, answer.text());
        answer
    }
}
