//! `DELETE /v1/policies/{id}` (spec api-resources G).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::Operation;
use coppice_api::respond;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::policy::Policy;
use coppice_engine::Env;
use coppice_store::TemplateDeletion;
use coppice_support::{find, store_failed};

const ENDPOINT: Endpoint = Endpoint { rule: "policies:delete", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::delete("/policies/{id}", "Delete a policy that is attached to no cluster", ENDPOINT)
        .no_content()
        .refuses(&[FaultKind::ResourceInUse]);

/// Deletes a policy that is attached to no cluster, be it disabled there.
pub(crate) async fn delete(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let policy = find::<Policy>(&env.store, &call.caller, &id).await?;
    match env.store.template_delete(&policy, env.clock.now()).await.map_err(store_failed)? {
        TemplateDeletion::Deleted => Ok(respond::no_content()),
        TemplateDeletion::InUse => Err(Fault::new(
            FaultKind::ResourceInUse,
            format!("The policy '{id}' cannot be deleted: still attached to some clusters."),
        )
        .into()),
        TemplateDeletion::NotFound => Err(Fault::not_found("policy", &id).into()),
    }
}
