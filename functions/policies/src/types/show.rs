//! `GET /v1/policy-types/{type}` (spec api-resources F).

use axum::extract::Path;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::{Feature, MIN};
use coppice_domain::policy_types;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "policy_types:get", since: MIN, body: Body::None };

/// One type, by `<name>-<version>`.
pub(crate) async fn show(Path(key): Path<String>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let shown = policy_types::show(&key, call.microversion.has(Feature::TypeSupportStatus))?;
    Ok(call.respond().ok(&json!({ "policy_type": shown })))
}
