//! `GET /v1/clusters/{id}` (spec api-resources H).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_engine::Env;
use coppice_support::{cluster_view, show_cluster};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "clusters:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/clusters/{id}", "Show a cluster", ENDPOINT).ok(Shown::One("cluster", views::CLUSTER));

/// One cluster, by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let view = cluster_view(&env.store, &call.caller, &id).await?;
    let cluster = show_cluster(&env.store, &view).await?;
    Ok(call.respond().ok(&json!({ "cluster": cluster })))
}
