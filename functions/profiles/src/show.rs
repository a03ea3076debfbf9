//! `GET /v1/profiles/{id}` (spec api-resources E).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_support::find;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "profiles:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/profiles/{id}", "Show a profile", ENDPOINT).ok(Shown::One("profile", views::PROFILE));

/// One profile, by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let profile = find::<Profile>(&env.store, &call.caller, &id).await?;
    Ok(call.respond().ok(&json!({ "profile": views::profile(&profile) })))
}
