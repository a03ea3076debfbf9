//! `GET /v1/clusters/{id}/policies/{policy_id}` (spec api-resources K).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use coppice_domain::cluster::Cluster;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::policy::Policy;
use coppice_engine::Env;
use coppice_support::{find, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "cluster_policies:get", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::get(
    "/clusters/{id}/policies/{policy_id}",
    "Show how a policy is attached to a cluster",
    ENDPOINT,
)
.ok(Shown::One("cluster_policy", views::CLUSTER_POLICY));

/// How one policy is attached to a cluster; both by id, name or short id.
pub(crate) async fn show(
    State(env): State<Env>,
    Path((cluster_reference, policy_reference)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let cluster = find::<Cluster>(&env.store, &call.caller, &cluster_reference).await?;
    let policy = find::<Policy>(&env.store, &call.caller, &policy_reference).await?;
    let Some(binding) = env.store.binding(cluster.id, policy.id).await.map_err(store_failed)? else {
        return Err(Fault::new(
            FaultKind::PolicyBindingNotFound,
            format!(
                "The policy '{policy_reference}' is not found attached to the specified cluster \
                 '{cluster_reference}'."
            ),
        )
        .into());
    };
    let view = views::cluster_policy(&binding, &cluster.name, &policy.name);
    Ok(call.respond().ok(&json!({ "cluster_policy": view })))
}
