//! `POST /v1/policies` (spec api-resources G).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::PolicyId;
use coppice_domain::policy::Policy;
use coppice_domain::policy_types::{check_creation, validate_policy_spec};
use coppice_engine::Env;
use coppice_support::{name_taken, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "policies:create", since: MIN, body: Body::Required };

const FIELDS: &[Field] =
    &[Field::new("name", Kind::Name).required(), Field::new("spec", Kind::JsonMap).required()];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post("/policies", "Create a policy", ENDPOINT)
    .takes(Payload::Wrapped("policy", Object::strict(FIELDS)))
    .created(Shown::One("policy", views::POLICY))
    .refuses(&[FaultKind::ResourceNotFound, FaultKind::ESchema]);

/// Keeps a policy; the spec is stored exactly as it was sent.
pub(crate) async fn create(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.created("policy")?, call.microversion)?;
    let name = asked.text("name").value().unwrap_or_default();
    let spec = asked.map("spec").value().cloned().unwrap_or_default();
    storable("spec", &spec)?;
    if env.settings.name_unique && name_taken::<Policy>(&env.store, &call.caller, name).await? {
        return Err(Fault::bad_request(format!("A policy named '{name}' already exists.")).into());
    }
    let type_name = validate_policy_spec(&spec, env.settings.health_check_interval_min)?.0;
    check_creation(&spec)?;
    let policy = Policy {
        id: PolicyId::new(env.ids.uuid()),
        name: name.to_owned(),
        type_name,
        user: call.caller.user_id.clone(),
        project: call.caller.project_id.clone(),
        domain: call.caller.domain_id.clone(),
        spec,
        data: JsonMap::new(),
        created_at: env.now(),
        updated_at: None,
    };
    env.store.template_create(&policy).await.map_err(store_failed)?;
    Ok(call.respond().created(&json!({ "policy": views::policy(&policy) })))
}
