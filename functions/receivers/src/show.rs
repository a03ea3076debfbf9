//! `GET /v1/receivers/{id}` (spec api-resources M).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::receiver::Receiver;
use coppice_engine::Env;
use coppice_support::find;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/receivers/{id}", "Show a receiver", ENDPOINT)
    .ok(Shown::One("receiver", views::RECEIVER));

/// One receiver, by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let receiver = find::<Receiver>(&env.store, &call.caller, &id).await?;
    Ok(call.respond().ok(&json!({ "receiver": views::receiver(&receiver, call.additions) })))
}
