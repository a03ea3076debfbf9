//! `GET /v1/profile-types` (spec api-resources D).

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MIN};
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::profile_types;

const ENDPOINT: Endpoint = Endpoint { rule: "profile_types:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/profile-types", "List the types of profiles", ENDPOINT)
        .ok(Shown::Many("profile_types", views::LISTED_TYPE));

/// Every type; any query is ignored.
pub(crate) async fn list(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let detailed = call.microversion.has(Feature::TypeSupportStatus);
    Ok(call.respond().list("profile_types", profile_types::list(detailed))?)
}
