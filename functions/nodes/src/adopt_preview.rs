//! `POST /v1/nodes/adopt-preview` (spec api-resources L7).

use crate::BY_NAME;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::Feature;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::profile_types;
use coppice_engine::Env;
use coppice_engine::inspect::{self, Adoptee};
use serde_json::json;

const ENDPOINT: Endpoint =
    Endpoint { rule: "nodes:adopt_preview", since: Feature::Adoption.since(), body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("identity", Kind::String).required(),
    Field::new("type", Kind::String).required(),
    Field::new("overrides", Kind::JsonMap).nullable(),
    Field::new("snapshot", Kind::Boolean).nullable(),
];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/nodes/adopt-preview", "Show what profile adopting an instance would make", ENDPOINT)
        .routed_as(BY_NAME)
        .takes(Payload::Plain(Object::strict(FIELDS)))
        // Two keys around it, as the reference answers and clients expect.
        .ok(Shown::One("node_profile", views::NODE_PREVIEW))
        .refuses(&[FaultKind::ProfileOperationFailed]);

/// Shows the profile that adopting an instance would make, valid or not, and keeps nothing.
pub(crate) async fn preview(env: &Env, call: &Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let body = call.body.as_ref().ok_or_else(Fault::malformed)?;
    let asked = coerce(FIELDS, body, call.microversion)?;
    let adoptee = adoptee(env, call, &asked).await?;
    Ok(call.respond().ok(&json!({ "node_profile": views::node_preview(&adoptee.spec) })))
}

/// The instance that a body's `identity` names, as a profile of its `type` and with its `overrides`.
/// Overrides that are not given are none; `snapshot` has no effect.
pub(crate) async fn adoptee(env: &Env, call: &Call, asked: &Coerced) -> Result<Adoptee, Failure> {
    let text = |name| asked.text(name).value().unwrap_or_default();
    let kind = profile_types::get(text("type")).map_err(|fault| Fault::bad_request(fault.message))?;
    let (project, overrides) = (&call.caller.project_id, asked.map("overrides").value());
    let found = inspect::adoptee(env, project, text("identity"), kind, overrides).await;
    let adoptee = found.map_err(Fault::from)?;
    storable("spec", &adoptee.spec)?;
    Ok(adoptee)
}
