//! `GET /v1/policy-types` (spec api-resources F).

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MIN};
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::policy_types;

const ENDPOINT: Endpoint = Endpoint { rule: "policy_types:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/policy-types", "List the types of policies", ENDPOINT)
        .ok(Shown::Many("policy_types", views::LISTED_TYPE));

/// Every version of every type, with those this service adds for who asks for additions; any query is ignored.
pub(crate) async fn list(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let detailed = call.microversion.has(Feature::TypeSupportStatus);
    Ok(call.respond().list("policy_types", policy_types::list(detailed, call.additions))?)
}
