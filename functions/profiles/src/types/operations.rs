//! `GET /v1/profile-types/{type}/ops` (spec api-resources D).

use axum::extract::Path;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::Feature;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::fault::Fault;
use coppice_domain::profile_types;
use serde_json::json;

const ENDPOINT: Endpoint =
    Endpoint { rule: "profile_types:ops", since: Feature::Operations.since(), body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/profile-types/{type}/ops", "List what nodes of a type can be told to do", ENDPOINT)
        .ok(Shown::One("operations", views::OPERATIONS));

/// What nodes of a type can be told to do. An unknown type is 400 here, not 404.
pub(crate) async fn list(Path(key): Path<String>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let kind = profile_types::get(&key).map_err(|fault| Fault::bad_request(fault.message))?;
    Ok(call.respond().ok(&json!({ "operations": kind.show_operations() })))
}
