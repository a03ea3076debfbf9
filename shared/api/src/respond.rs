//! Responses as the reference writes them (spec api-common §6, §8).

use crate::additions;
use crate::microversion::{self, Microversion};
use crate::pyjson;
use axum::response::Response;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ActionId;
use http::header::{CONTENT_TYPE, LOCATION, VARY};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};
use std::fmt::Write;

/// The largest list answered whole, in bytes: a function's response must stay under 6 MB.
pub const LIST_LIMIT: usize = 5 * 1024 * 1024;

/// The microversion header's name in the lower case that HTTP libraries keep.
pub(crate) const VERSION_HEADER: HeaderName = HeaderName::from_static("openstack-api-version");

/// A JSON body with its status, and nothing else.
#[must_use]
pub fn json(status: StatusCode, body: &Value) -> Response {
    text(status, pyjson::render(body))
}

/// Nothing but a 204.
#[must_use]
pub fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// What successful answers of a resource say about the request they belong to.
#[derive(Clone, Debug)]
pub struct Responder {
    /// The microversion that was used.
    pub microversion: Microversion,
    /// Whether what this service adds was asked for.
    pub additions: bool,
    /// Scheme and host the client addressed, such as `http://127.0.0.1:8778`.
    pub origin: String,
}

impl Responder {
    /// 200 with this body.
    #[must_use]
    pub fn ok(&self, body: &Value) -> Response {
        self.versioned(json(StatusCode::OK, body))
    }

    /// 201 with this body.
    #[must_use]
    pub fn created(&self, body: &Value) -> Response {
        self.versioned(json(StatusCode::CREATED, body))
    }

    /// 202 with this body, `null` where there is nothing to show, and the action in `Location`.
    #[must_use]
    pub fn accepted(&self, body: &Value, action: ActionId) -> Response {
        let mut response = self.versioned(json(StatusCode::ACCEPTED, body));
        let location = format!("{}/v1/actions/{action}", self.origin);
        if let Ok(value) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(LOCATION, value);
        }
        response
    }

    /// 200 with `{key: items}`.
    ///
    /// # Errors
    /// `RequestLimitExceeded` when the list is larger than [`LIST_LIMIT`]: it is never silently cut.
    pub fn list(&self, key: &str, items: Vec<Value>) -> Result<Response, Fault> {
        let body = Value::Object(Map::from_iter([(key.to_owned(), Value::Array(items))]));
        let body = pyjson::render(&body);
        if body.len() > LIST_LIMIT {
            return Err(Fault::new(
                FaultKind::RequestLimitExceeded,
                format!(
                    "Request limit exceeded: the list of {key} ({} bytes) exceeds the maximum allowed \
                     size ({LIST_LIMIT} bytes). Ask for a part of it with 'limit' and 'marker'.",
                    body.len()
                ),
            ));
        }
        Ok(self.versioned(text(StatusCode::OK, body)))
    }

    fn versioned(&self, mut response: Response) -> Response {
        let mut version = format!("{} {}", microversion::SERVICE, self.microversion);
        if self.additions {
            let _ = write!(version, ", {} {}", additions::SERVICE, additions::VERSION);
        }
        if let Ok(value) = HeaderValue::from_str(&version) {
            response.headers_mut().insert(VERSION_HEADER, value);
        }
        response.headers_mut().insert(VARY, HeaderValue::from_static(microversion::HEADER));
        response
    }
}

fn text(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    fn responder() -> Responder {
        Responder {
            microversion: microversion::MAX,
            additions: false,
            origin: "https://cloud.example".to_owned(),
        }
    }

    #[test]
    fn an_accepted_request_names_its_action_absolutely() {
        let action = ActionId::new(Uuid::from_u128(9));
        let response = responder().accepted(&Value::Null, action);
        assert_eq!(response.status(), 202);
        let headers = response.headers();
        assert_eq!(headers["location"], format!("https://cloud.example/v1/actions/{action}"));
        assert_eq!(headers["openstack-api-version"], "clustering 1.14");
        assert_eq!(headers["vary"], "OpenStack-API-Version");
        assert_eq!(headers["content-type"], "application/json");
    }

    #[test]
    fn what_was_asked_for_beside_the_microversion_is_said() {
        let response = Responder { additions: true, ..responder() }.ok(&Value::Null);
        assert_eq!(response.headers()["openstack-api-version"], "clustering 1.14, coppice 1.0");
    }

    #[test]
    fn no_content_carries_no_headers() {
        assert_eq!(no_content().status(), 204);
        assert!(no_content().headers().is_empty());
    }

    #[test]
    fn a_list_beyond_the_limit_asks_for_a_page() {
        let fits = responder().list("nodes", vec![json!("x".repeat(1000)); 100]).unwrap();
        assert_eq!(fits.status(), 200);
        let fault = responder().list("nodes", vec![json!("x".repeat(1000)); 6000]).unwrap_err();
        assert_eq!(fault.kind, FaultKind::RequestLimitExceeded);
        assert!(fault.message.ends_with("Ask for a part of it with 'limit' and 'marker'."));
    }
}
