//! `GET /v1/policy-types/{type}` (spec api-resources F).

use axum::extract::Path;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MIN};
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::policy_types;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "policy_types:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/policy-types/{type}", "Show what the specs of a type may say", ENDPOINT)
        .ok(Shown::One("policy_type", views::TYPE));

/// One type, by `<name>-<version>`.
pub(crate) async fn show(Path(key): Path<String>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let shown = policy_types::show(&key, call.microversion.has(Feature::TypeSupportStatus))?;
    Ok(call.respond().ok(&json!({ "policy_type": shown })))
}
