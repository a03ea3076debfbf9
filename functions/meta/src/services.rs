//! `GET /v1/services` (spec api-resources Q): for administrators.

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::service::{RECONCILER, Service};
use coppice_engine::Env;
use coppice_support::store_failed;

const ENDPOINT: Endpoint = Endpoint { rule: "services:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/services", "List the functions of the deployment, for administrators", ENDPOINT)
        .ok(Shown::Many("services", views::SERVICE));

/// The functions of this deployment, and whether it lives. Query parameters do not matter.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let pulses = env.store.pulses().await.map_err(store_failed)?;
    let pulse = pulses.into_iter().find(|(part, _)| part == RECONCILER).map(|(_, at)| at);
    let settings = &env.settings;
    let services = Service::all(&settings.deployment, pulse, env.now(), settings.service_down_time);
    Ok(call.respond().list("services", services.map(|each| views::service(&each)).collect())?)
}
