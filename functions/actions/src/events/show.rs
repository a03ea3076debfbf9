//! `GET /v1/events/{id}` (spec api-resources P).

use crate::kept;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_engine::Env;
use coppice_support::{find_among, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "events:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/events/{id}", "Show an event", ENDPOINT).ok(Shown::One("event", views::EVENT));

/// One event, by id or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let kept = kept::event(&env);
    let event = find_among::<Event>(&env.store, &call.caller, &id, &kept).await?;
    let cluster = match event.cluster_id {
        Some(id) => env.store.get::<Cluster>(id).await.map_err(store_failed)?,
        None => None,
    };
    Ok(call.respond().ok(&json!({ "event": views::event(&event, cluster.as_ref()) })))
}
