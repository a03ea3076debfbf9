//! `DELETE /v1/profiles/{id}` (spec api-resources E).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::Operation;
use coppice_api::respond;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_engine::Env;
use coppice_store::TemplateDeletion;
use coppice_support::{find, store_failed};

const ENDPOINT: Endpoint = Endpoint { rule: "profiles:delete", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::delete("/profiles/{id}", "Delete a profile that nothing is made from", ENDPOINT)
        .no_content()
        .refuses(&[FaultKind::ResourceInUse]);

/// Deletes a profile that no cluster and no node refers to.
pub(crate) async fn delete(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let profile = find::<Profile>(&env.store, &call.caller, &id).await?;
    profile_types::get(&profile.type_name)?;
    match env.store.template_delete(&profile, env.clock.now()).await.map_err(store_failed)? {
        TemplateDeletion::Deleted => Ok(respond::no_content()),
        TemplateDeletion::InUse => Err(Fault::new(
            FaultKind::ResourceInUse,
            format!(
                "The profile '{}' cannot be deleted: still referenced by some clusters and/or nodes.",
                profile.id
            ),
        )
        .into()),
        TemplateDeletion::NotFound => Err(Fault::not_found("profile", &id).into()),
    }
}
