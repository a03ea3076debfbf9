//! What happens to every request before and after its handler, in the order of spec api-common §1:
//! request id, panic catch, version documents, microversion, token, route. The API's description is read
//! without a token, as the version documents are.

mod origin;
mod request_id;

use crate::additions;
use crate::call::Context;
use crate::document;
use crate::error::{Cause, Failure, envelope};
use crate::identity::{Caller, Identity, IdentityError};
use crate::microversion::{self, Microversion, Unusable};
use crate::openapi;
use crate::path::{self, Target};
use crate::raw::RawError;
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use coppice_domain::ids::IdSource;
use coppice_domain::time::Clock;
use futures::FutureExt;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use request_id::RequestId;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tower::ServiceExt;
use tracing::Instrument;

/// The longest URL that is served, in bytes; longer ones are 414.
pub const URL_LIMIT: usize = 50_000;

/// What the layers around the handlers work with.
#[derive(Clone)]
pub struct Pipeline {
    /// Turns tokens into callers.
    pub identity: Arc<dyn Identity>,
    /// Supplies request ids.
    pub ids: Arc<dyn IdSource>,
    /// Times requests for the log.
    pub clock: Arc<dyn Clock>,
}

/// The service that answers for `router`, whose paths go without the version: `/clusters/{id}`.
///
/// One function's router and all of them merged are served alike, so it makes no difference to a
/// client which process answers.
pub fn app(router: Router, pipeline: Pipeline) -> Router {
    let identity = Arc::clone(&pipeline.identity);
    let unmatched = move |request: Request| {
        let identity = Arc::clone(&identity);
        async move { unmatched(identity.as_ref(), request).await }
    };
    let resources = router.fallback(unmatched.clone()).method_not_allowed_fallback(unmatched);
    let served = Arc::new((pipeline, resources));
    Router::new().fallback(move |request: Request| {
        let served = Arc::clone(&served);
        async move { observed(&served.0, &served.1, request).await }
    })
}

/// No such path, or not with this method. What passed without a token, for a handler that is not here, is
/// told so only with one, like everything else.
async fn unmatched(identity: &dyn Identity, request: Request) -> Response {
    let headers = request.headers();
    let claimed = request.extensions().get::<Context>().is_some_and(|context| context.caller.is_some());
    if !claimed && let Err(refusal) = authenticate(identity, headers).await {
        return *refusal;
    }
    RawError::not_found().respond(headers)
}

/// Gives the request its id, answers it whatever happens, and logs what became of it, once.
async fn observed(pipeline: &Pipeline, resources: &Router, request: Request) -> Response {
    let id = RequestId::new(pipeline.ids.uuid());
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        request.global_id = request_id::inbound(request.headers()),
        method = %request.method(),
        path = request.uri().path(),
    );
    async {
        let started = pipeline.clock.now();
        let answering = AssertUnwindSafe(answer(pipeline, resources, request, &id)).catch_unwind();
        let mut response = answering.await.unwrap_or_else(|panic| {
            Failure::internal(format!("panic: {}", message_of(panic.as_ref()))).into_response()
        });
        let status = response.status().as_u16();
        let millis = pipeline.clock.now().since(started).as_millis();
        if let Some(Cause(cause)) = response.extensions_mut().remove() {
            tracing::error!(request.id = %id, status, millis, cause, "request failed");
        } else {
            tracing::info!(status, millis, "request answered");
        }
        response.headers_mut().insert(request_id::HEADER, id.header());
        response
    }
    .instrument(span)
    .await
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

async fn answer(pipeline: &Pipeline, resources: &Router, mut request: Request, id: &RequestId) -> Response {
    let uri = request.uri().clone();
    let headers = request.headers();
    if uri.path_and_query().map_or(0, |target| target.as_str().len()) > URL_LIMIT {
        return RawError::uri_too_long().respond(headers);
    }
    let origin = origin::of(&uri, headers);
    let (mount, rest) = match path::target(uri.path()) {
        Target::Versions => return document::list(&origin),
        Target::V1 { segment, rest } => (segment, rest),
        Target::Unknown => match versioned_by_accept(headers) {
            Choice::V1 => ("", uri.path()),
            Choice::List => return document::list(&origin),
            Choice::Nothing => return RawError::not_found().respond(headers),
        },
    };
    let asked = || headers.get_all(microversion::HEADER).iter().filter_map(|value| value.to_str().ok());
    let versions = Microversion::requested(asked())
        .and_then(|microversion| Ok((microversion, additions::requested(asked())?)));
    let (microversion, additions) = match versions {
        Ok(versions) => versions,
        Err(Unusable::Malformed(detail)) => return RawError::bad_request(detail).respond(headers),
        Err(Unusable::OutOfRange(fault)) => return envelope(&fault),
    };
    if rest.is_empty() {
        return document::unauthenticated(&origin, mount);
    }
    // A webhook is called without a token: its receiver says on whose behalf (spec api-common §1, step 4). A
    // token that comes along does not count. The description is for everyone.
    let open = match *request.method() {
        Method::POST => path::is_webhook(rest),
        Method::GET => rest == openapi::PATH,
        _ => false,
    };
    let caller = if open {
        None
    } else {
        match authenticate(pipeline.identity.as_ref(), headers).await {
            Ok(caller) => Some(caller),
            Err(refusal) => return *refusal,
        }
    };
    // HEAD would otherwise be answered by the handlers of GET.
    let routable = path::routable(rest).filter(|_| *request.method() != Method::HEAD);
    let Some(target) = routable.and_then(|path| inner_uri(path, uri.query())) else {
        return RawError::not_found().respond(request.headers());
    };
    *request.uri_mut() = target;
    let mount = mount.to_owned();
    request.extensions_mut().insert(Context {
        caller,
        microversion,
        additions,
        origin,
        mount,
        request_id: id.to_string(),
    });
    let Ok(mut response) = resources.clone().oneshot(request).await;
    // Set beside the 404 of a method that has no route, where clients expect none.
    response.headers_mut().remove(ALLOW);
    response
}

/// What the `Accept` header says where the path names no version (spec api-common §2).
enum Choice {
    V1,
    List,
    Nothing,
}

fn versioned_by_accept(headers: &HeaderMap) -> Choice {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    match accept {
        Some("" | "*/*") => Choice::List,
        Some(accept) => match accept.strip_prefix("application/vnd.openstack.clustering-") {
            Some(version) if path::is_v1(version) => Choice::V1,
            _ => Choice::Nothing,
        },
        None => Choice::Nothing,
    }
}

/// The caller behind the request's token, or the answer that says there is none (spec api-common §5).
async fn authenticate(identity: &dyn Identity, headers: &HeaderMap) -> Result<Caller, Box<Response>> {
    let token = headers.get("x-auth-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
    let validated =
        if token.is_empty() { Err(IdentityError::Unauthorized) } else { identity.validate(token).await };
    validated.map_err(|error| {
        Box::new(match error {
            IdentityError::Unauthorized => unauthorized(identity.auth_uri()),
            IdentityError::Incomplete => {
                RawError::bad_request("Field `project' cannot be None").respond(headers)
            }
            IdentityError::Unavailable(_) => {
                let mut response = RawError::service_unavailable().respond(headers);
                response.extensions_mut().insert(Cause(error.to_string()));
                response
            }
        })
    })
}

/// The 401 of the token check: a shape of its own, neither envelope nor raw.
fn unauthorized(auth_uri: &str) -> Response {
    let body = r#"{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}"#;
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(challenge) = HeaderValue::from_str(&format!("Keystone uri=\"{auth_uri}\"")) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// The path inside the version, with the query it came with.
fn inner_uri(path: &str, query: Option<&str>) -> Option<Uri> {
    match query {
        Some(query) => format!("{path}?{query}").parse().ok(),
        None => path.parse().ok(),
    }
}

#[cfg(test)]
mod tests;
