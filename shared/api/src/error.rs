//! What a handler answers when it cannot do what was asked, and its form on the wire
//! (spec api-common §9A).
//!
//! Public text and internal cause are kept apart: the cause travels beside the response as [`Cause`]
//! to the one place that logs it, and never into the body.

use crate::respond;
use axum::response::{IntoResponse, Response};
use coppice_domain::fault::{Fault, FaultKind, MALFORMED};
use http::StatusCode;
use serde_json::json;
use std::fmt::Display;

/// Why a request was not answered as asked.
#[derive(Clone, Debug)]
pub struct Failure {
    fault: Fault,
    cause: Option<Cause>,
}

/// What went wrong inside: for the log, attached to the response as an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause(pub String);

impl Failure {
    /// The service failed: 500, and the cause goes to the log.
    #[must_use]
    pub fn internal(cause: impl Display) -> Self {
        Self {
            fault: Fault::new(
                FaultKind::InternalError,
                "The service failed while handling the request. Quote the X-OpenStack-Request-ID of \
                 this response when reporting it.",
            ),
            cause: Some(Cause(cause.to_string())),
        }
    }

    /// Something the service depends on cannot answer now: 503, and the cause goes to the log.
    #[must_use]
    pub fn unavailable(cause: impl Display) -> Self {
        Self {
            fault: Fault::new(
                FaultKind::ServiceUnavailable,
                "The service cannot complete the request at the moment. Send it again shortly.",
            ),
            cause: Some(Cause(cause.to_string())),
        }
    }

    /// `fault` for the client; the cause goes to the log.
    #[must_use]
    pub fn because(fault: Fault, cause: impl Display) -> Self {
        Self { fault, cause: Some(Cause(cause.to_string())) }
    }

    /// The error a client sees.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, cause: None }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = envelope(&self.fault);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// The JSON envelope of `fault`. It carries no microversion headers (spec api-common §3).
#[must_use]
pub fn envelope(fault: &Fault) -> Response {
    let code = fault.kind.status();
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        "code": code,
        "title": status.canonical_reason().unwrap_or("Error"),
        "explanation": explanation(status),
        "error": { "code": code, "message": fault.message, "type": fault.kind.name() },
    });
    respond::json(status, &body)
}

/// The fixed sentence for a status. 406 says the same as 400.
fn explanation(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "Access was denied to this resource.",
        StatusCode::NOT_FOUND => "The resource could not be found.",
        StatusCode::CONFLICT => "There was a conflict when trying to complete your request.",
        StatusCode::TOO_MANY_REQUESTS => {
            "There have been too many requests. Please try again at a later time."
        }
        StatusCode::INTERNAL_SERVER_ERROR => {
            "The server has either erred or is incapable of performing the requested operation."
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "The server is currently unavailable. Please try again at a later time."
        }
        _ => MALFORMED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn body(response: Response) -> serde_json::Value {
        serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    #[tokio::test]
    async fn a_fault_becomes_the_recorded_envelope() {
        let response = Failure::from(Fault::not_found("profile", "nosuch")).into_response();
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(
            body(response).await,
            json!({
                "code": 404, "title": "Not Found", "explanation": "The resource could not be found.",
                "error": {
                    "code": 404, "message": "The profile 'nosuch' could not be found.",
                    "type": "ResourceNotFound"
                }
            })
        );
    }

    #[tokio::test]
    async fn the_cause_of_a_failure_stays_out_of_the_body() {
        for (failure, status) in
            [(Failure::internal("table secret-7"), 500), (Failure::unavailable("table secret-7"), 503)]
        {
            let response = failure.into_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.extensions().get(), Some(&Cause("table secret-7".to_owned())));
            assert!(!body(response).await.to_string().contains("secret"));
        }
    }

    #[test]
    fn every_status_that_faults_use_has_its_title() {
        for (kind, title) in [
            (FaultKind::InvalidGlobalApiVersion, "Not Acceptable"),
            (FaultKind::ActionConflict, "Conflict"),
            (FaultKind::OverQuota, "Forbidden"),
            (FaultKind::TooManyRequests, "Too Many Requests"),
            (FaultKind::ESchema, "Internal Server Error"),
        ] {
            let status = StatusCode::from_u16(kind.status()).unwrap();
            assert_eq!(status.canonical_reason(), Some(title));
        }
    }
}
