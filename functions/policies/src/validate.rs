//! `POST /v1/policies/validate` (spec api-resources G).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::Feature;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::raw::RawError;
use coppice_api::views;
use coppice_domain::fault::FaultKind;
use coppice_domain::policy_types::validate_policy_spec;
use coppice_engine::Env;
use serde_json::json;

const ENDPOINT: Endpoint =
    Endpoint { rule: "policies:validate", since: Feature::Validation.since(), body: Body::Required };

const FIELDS: &[Field] = &[Field::new("spec", Kind::JsonMap).required()];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/policies/validate", "Check a policy's spec and keep nothing", ENDPOINT)
        // POST serves this alone; with other methods `validate` is a policy's name.
        .routed_as("/policies/{id}")
        .takes(Payload::Wrapped("policy", Object::strict(FIELDS)))
        .ok(Shown::One("policy", views::VALIDATED_POLICY))
        .refuses(&[FaultKind::ResourceNotFound, FaultKind::ESchema]);

/// Checks a spec and keeps nothing. There is no other path below `/policies` to POST to.
pub(crate) async fn validate(
    State(env): State<Env>,
    Path(id): Path<String>,
    headers: HeaderMap,
    call: Call,
) -> Result<Response, Failure> {
    if id != "validate" {
        return Ok(RawError::not_found().respond(&headers));
    }
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.created("policy")?, call.microversion)?;
    let spec = asked.map("spec").value().cloned().unwrap_or_default();
    storable("spec", &spec)?;
    let type_name = validate_policy_spec(&spec, env.settings.health_check_interval_min)?;
    let caller = &call.caller;
    let view = views::validated_policy(&type_name.0, &spec, &caller.user_id, &caller.project_id);
    Ok(call.respond().ok(&json!({ "policy": view })))
}
