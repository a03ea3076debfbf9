//! `GET /v1/nodes` (spec api-common §13, api-resources L).

use crate::members;
use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views::{self, UNKNOWN_PROFILE};
use coppice_domain::cluster::Cluster;
use coppice_domain::fault::Fault;
use coppice_domain::ids::ProfileId;
use coppice_domain::node::Node;
use coppice_engine::Env;
use coppice_store::FindError;
use coppice_support::{
    authorise_list, filtered, list as list_all, passes, profile_names, scope, store_failed,
};

const ENDPOINT: Endpoint = Endpoint { rule: "nodes:index", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get("/nodes", "List nodes", ENDPOINT)
    .lists(&lists::NODES)
    .ok(Shown::Many("nodes", views::NODE));

/// The nodes in the caller's scope, or those of one cluster.
pub(crate) async fn list(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let query = lists::NODES.parse(&call.query, call.microversion)?;
    authorise_list(&call.caller, &query)?;
    let wanted =
        |node: &Node| passes(&query, "name", &node.name) && passes(&query, "status", node.status.name());
    let nodes = match filtered(&query, "cluster_id").and_then(<[String]>::last) {
        Some(reference) => {
            let cluster = cluster(&env, &call, reference).await?;
            members::list(&env.store, &cluster, &query, &wanted).await?
        }
        None => list_all(&env.store, &call.caller, &query, &wanted).await?,
    };
    let profiles: Vec<ProfileId> = nodes.iter().map(|node| node.profile_id).collect();
    let names = profile_names(&env.store, &profiles).await?;
    let shown = nodes.iter().map(|node| {
        let profile = names.get(&node.profile_id).map_or(UNKNOWN_PROFILE, String::as_str);
        views::node(node, profile, call.microversion)
    });
    Ok(call.respond().list("nodes", shown.collect())?)
}

/// The cluster whose nodes are wanted.
async fn cluster(env: &Env, call: &Call, reference: &str) -> Result<Cluster, Failure> {
    env.store.find(scope(&call.caller), reference).await.map_err(|error| match error {
        FindError::NotFound => {
            Fault::bad_request(format!("Cannot find the given cluster: {reference}.")).into()
        }
        FindError::Ambiguous => Fault::multiple_choices(reference).into(),
        FindError::Store(error) => store_failed(error),
    })
}
