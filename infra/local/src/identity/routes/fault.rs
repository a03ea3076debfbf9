//! Errors in Keystone's form.

use super::super::DevIdentity;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer that reports a failure.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    title: &'static str,
    message: String,
    /// The value of `WWW-Authenticate`.
    challenge: Option<String>,
}

impl Fault {
    fn new(status: StatusCode, title: &'static str, message: &str) -> Self {
        Self { status, title, message: message.to_owned(), challenge: None }
    }

    /// 400: the request cannot be understood; `problem` says why.
    pub(super) fn bad_request(problem: &str) -> Self {
        let message = format!(
            "{problem} The server could not comply with the request since it is either malformed or otherwise \
             incorrect. The client is assumed to be in error."
        );
        Self::new(StatusCode::BAD_REQUEST, "Bad Request", &message)
    }

    /// 401: there is no valid proof of who is asking.
    pub(super) fn unauthorized(identity: &DevIdentity) -> Self {
        Self::challenge(identity, "The request you have made requires authentication.")
    }

    /// 401: the method of proof is not supported.
    pub(super) fn unsupported_method(identity: &DevIdentity) -> Self {
        Self::challenge(identity, "Attempted to authenticate with an unsupported method.")
    }

    fn challenge(identity: &DevIdentity, message: &str) -> Self {
        Self {
            challenge: Some(format!("Keystone uri=\"{}/v3\"", identity.auth_uri)),
            ..Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
        }
    }

    /// 403: policy rule `rule` forbids it.
    pub(super) fn forbidden(rule: &str) -> Self {
        Self::forbidden_because(&format!("You are not authorized to perform the requested action: {rule}."))
    }

    /// 403, in other words.
    pub(super) fn forbidden_because(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// 404.
    pub(super) fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", message)
    }

    /// 405.
    pub(super) fn method_not_allowed(message: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", message)
    }

    /// 413: the body is too long.
    pub(super) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large", "Request is too large.")
    }

    /// 500: something failed that the caller can do nothing about.
    pub(super) fn internal(message: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", message)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body =
            json!({"error": {"code": self.status.as_u16(), "message": self.message, "title": self.title}});
        let challenge = self.challenge.map(|challenge| [(header::WWW_AUTHENTICATE, challenge)]);
        match challenge {
            Some(challenge) => (self.status, challenge, Json(body)).into_response(),
            None => (self.status, Json(body)).into_response(),
        }
    }
}
