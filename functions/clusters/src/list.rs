//! `GET /v1/clusters` (spec api-common §13, api-resources H).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::cluster::Cluster;
use coppice_engine::Env;
use coppice_support::{list as list_all, passes, show_clusters};

const ENDPOINT: Endpoint = Endpoint { rule: "clusters:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/clusters", "List clusters", ENDPOINT)
    .lists(&lists::CLUSTERS)
    .ok(Shown::Many("clusters", views::CLUSTER));

/// The clusters in the caller's scope.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::CLUSTERS.parse(&call.query, call.microversion)?;
    let wanted = |cluster: &Cluster| {
        passes(&query, "name", &cluster.name) && passes(&query, "status", cluster.status.name())
    };
    let clusters = list_all(&env.store, &call.caller, &query, &wanted).await?;
    let shown = show_clusters(&env.store, &clusters).await?;
    Ok(call.respond().list("clusters", shown)?)
}
