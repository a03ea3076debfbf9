//! The Identity API v3, as far as clients of the Clustering API need it.

mod discovery;
mod fault;
mod projects;
mod tokens;
mod users;

use super::{DevIdentity, PREFIX, Session};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{MethodRouter, any, get};
use fault::Fault;
use std::sync::Arc;

/// The state of every handler.
type Shared = State<Arc<DevIdentity>>;

/// No request for a token is longer, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// The routes under [`PREFIX`], 404 and 405 included; everything else is left to the caller.
pub fn router(identity: Arc<DevIdentity>) -> Router {
    let tokens = get(tokens::validate).post(tokens::issue).delete(tokens::revoke);
    let routes: [(&str, MethodRouter<Arc<DevIdentity>>); 12] = [
        ("", get(discovery::versions)),
        ("/", get(discovery::versions)),
        ("/v3", get(discovery::version)),
        ("/v3/", get(discovery::version)),
        ("/v3/auth/tokens", tokens),
        ("/v3/auth/catalog", get(tokens::catalog)),
        ("/v3/auth/projects", get(projects::mine)),
        ("/v3/projects", get(projects::list)),
        ("/v3/projects/{id}", get(projects::show)),
        ("/v3/users", get(users::list)),
        ("/v3/users/{id}", get(users::show)),
        ("/v3/users/{id}/projects", get(projects::of_user)),
    ];
    routes
        .into_iter()
        .fold(Router::new(), |router, (path, handlers)| {
            router.route(&format!("{PREFIX}{path}"), handlers.fallback(no_such_method))
        })
        // Not the router's `fallback`: the router it is merged into has its own.
        .route(&format!("{PREFIX}/{{*path}}"), any(no_such_path))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(map_response(vary))
        .with_state(identity)
}

/// Every answer depends on who asks.
async fn vary(mut response: Response) -> Response {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("X-Auth-Token"));
    response
}

async fn no_such_path(uri: Uri) -> Fault {
    Fault::not_found(&format!(
        "{} is not served by the development identity, which is only a small part of Keystone.",
        uri.path()
    ))
}

async fn no_such_method(method: Method, uri: Uri) -> Fault {
    Fault::method_not_allowed(&format!("{method} is not possible on {}.", uri.path()))
}

/// Whom the request's `X-Auth-Token` stands for; else 401.
fn caller<'a>(identity: &'a DevIdentity, headers: &HeaderMap) -> Result<Session<'a>, Fault> {
    named(identity, headers, "X-Auth-Token").ok_or_else(|| Fault::unauthorized(identity))
}

/// Whom the token in a header stands for, if it holds.
fn named<'a>(identity: &'a DevIdentity, headers: &HeaderMap, header: &str) -> Option<Session<'a>> {
    identity.session(headers.get(header)?.to_str().ok()?)
}
