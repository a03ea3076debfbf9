//! `GET /v1/policies/{id}` (spec api-resources G).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::policy::Policy;
use coppice_engine::Env;
use coppice_support::find;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "policies:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/policies/{id}", "Show a policy", ENDPOINT)
    .ok(Shown::One("policy", views::LISTED_POLICY));

/// One policy, by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let policy = find::<Policy>(&env.store, &call.caller, &id).await?;
    Ok(call.respond().ok(&json!({ "policy": views::listed_policy(&policy) })))
}
