//! `GET /v1/policy-types` (spec api-resources F).

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MIN};
use coppice_domain::policy_types;

const ENDPOINT: Endpoint = Endpoint { rule: "policy_types:index", since: MIN, body: Body::None };

/// Every version of every type; any query is ignored.
pub(crate) async fn list(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let detailed = call.microversion.has(Feature::TypeSupportStatus);
    Ok(call.respond().list("policy_types", policy_types::list(detailed))?)
}
