//! `GET /v1/profile-types` (spec api-resources D).

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MIN};
use coppice_domain::profile_types;

const ENDPOINT: Endpoint = Endpoint { rule: "profile_types:index", since: MIN, body: Body::None };

/// Every type; any query is ignored.
pub(crate) async fn list(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let detailed = call.microversion.has(Feature::TypeSupportStatus);
    Ok(call.respond().list("profile_types", profile_types::list(detailed))?)
}
