//! `PATCH /v1/policies/{id}` (spec api-resources G).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::fault::Fault;
use coppice_domain::policy::Policy;
use coppice_engine::Env;
use coppice_support::{find, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "policies:update", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[Field::new("name", Kind::Name).required()];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::patch("/policies/{id}", "Change the name of a policy", ENDPOINT)
        .takes(Payload::Wrapped("policy", Object::strict(FIELDS)))
        .ok(Shown::One("policy", views::POLICY));

/// Changes a policy's name; nothing else of it ever changes.
pub(crate) async fn update(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.updated("policy")?, call.microversion)?;
    let name = asked.text("name").value().unwrap_or_default();
    let before = find::<Policy>(&env.store, &call.caller, &id).await?;
    if name == before.name {
        return Err(Fault::bad_request("No property needs an update.").into());
    }
    let after = Policy { name: name.to_owned(), updated_at: Some(env.now()), ..before.clone() };
    if !env.store.template_update(&before, &after).await.map_err(store_failed)? {
        return Err(Fault::not_found("policy", &id).into());
    }
    Ok(call.respond().ok(&json!({ "policy": views::policy(&after) })))
}
