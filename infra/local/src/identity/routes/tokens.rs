//! `/v3/auth/tokens` and `/v3/auth/catalog`.

use super::super::issue::Refused;
use super::super::login::{Login, Malformed};
use super::super::{DevIdentity, Session};
use super::fault::Fault;
use super::{Shared, caller, named};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

const SUBJECT: &str = "X-Subject-Token";

/// `POST`: 201 with a token for whoever proves to be a user.
pub(super) async fn issue(
    State(identity): Shared,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Fault> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::too_large(),
        _ => Fault::bad_request("The body could not be read."),
    })?;
    let login = Login::parse(&body).map_err(|malformed| match malformed {
        Malformed::Body(problem) => Fault::bad_request(&problem),
        Malformed::Method(method) => {
            tracing::info!(method, "refused a method of authentication that is not supported");
            Fault::unsupported_method(&identity)
        }
    })?;
    let token = identity.issue(&login).map_err(|refused| match refused {
        Refused::Unauthorized => Fault::unauthorized(&identity),
        Refused::Entropy(error) => {
            tracing::error!(%error, "cannot issue a token");
            Fault::internal("There is no randomness to make a token from; try again.")
        }
    })?;
    let session = identity.session(&token).ok_or_else(|| Fault::unauthorized(&identity))?;
    Ok(describe(&identity, StatusCode::CREATED, &token, &session, query.as_deref()))
}

/// `GET` and `HEAD`: 200 with what a token stands for, for its user and for administrators.
pub(super) async fn validate(
    State(identity): Shared,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (token, session) = subject(&identity, &headers, "identity:validate_token")?;
    Ok(describe(&identity, StatusCode::OK, token, &session, query.as_deref()))
}

/// `DELETE`: 204, and the token ends; for its user and for administrators.
pub(super) async fn revoke(State(identity): Shared, headers: HeaderMap) -> Result<StatusCode, Fault> {
    let (_, session) = subject(&identity, &headers, "identity:revoke_token")?;
    identity.revoke(&session).map_err(|error| {
        tracing::error!(%error, "a revocation will be forgotten when the server stops");
        Fault::internal("The token is revoked until the server restarts; the revocation could not be stored.")
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v3/auth/catalog`: 200 with the catalogue, for tokens that are scoped to a project.
pub(super) async fn catalog(State(identity): Shared, headers: HeaderMap) -> Result<Response, Fault> {
    if caller(&identity, &headers)?.scope.is_none() {
        return Err(Fault::forbidden_because(
            "A project-scoped token is required to produce a service catalog.",
        ));
    }
    let links = json!({"self": identity.link("auth/catalog")});
    Ok(Json(json!({"catalog": identity.catalog.json(), "links": links})).into_response())
}

/// The token a request is about, once the caller may ask about it: 401 without a valid token of its
/// own, 404 if the subject does not hold, 403 if it is somebody else's.
fn subject<'a, 'h>(
    identity: &'a DevIdentity,
    headers: &'h HeaderMap,
    rule: &str,
) -> Result<(&'h str, Session<'a>), Fault> {
    let asking = caller(identity, headers)?;
    let token = headers.get(SUBJECT).ok_or_else(|| Fault::not_found("No token in the request"))?;
    let token = token.to_str().unwrap_or_default();
    let session =
        named(identity, headers, SUBJECT).ok_or_else(|| Fault::not_found("Failed to validate token"))?;
    if session.user.id() != asking.user.id() && !asking.is_admin() {
        return Err(Fault::forbidden(rule));
    }
    Ok((token, session))
}

fn describe(
    identity: &DevIdentity,
    status: StatusCode,
    token: &str,
    session: &Session<'_>,
    query: Option<&str>,
) -> Response {
    let without_catalog =
        query.unwrap_or_default().split('&').any(|pair| pair.split('=').next() == Some("nocatalog"));
    (status, [(SUBJECT, token)], Json(identity.token_json(session, !without_catalog))).into_response()
}
