//! `POST /v1/profiles` (spec api-resources E).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::{storable, storable_together};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ProfileId;
use coppice_domain::profile::Profile;
use coppice_domain::profile_types::{host_refused, validate_profile_spec};
use coppice_engine::Env;
use coppice_support::{host, name_taken, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "profiles:create", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).required(),
    Field::new("spec", Kind::JsonMap).required(),
    Field::new("metadata", Kind::JsonMap).nullable(),
];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post("/profiles", "Create a profile", ENDPOINT)
    .takes(Payload::Wrapped("profile", Object::strict(FIELDS)))
    .created(Shown::One("profile", views::PROFILE))
    .refuses(&[FaultKind::ResourceNotFound, FaultKind::ESchema]);

/// Keeps a profile; the spec is stored exactly as it was sent.
pub(crate) async fn create(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.created("profile")?, call.microversion)?;
    let name = asked.text("name").value().unwrap_or_default();
    let spec = asked.map("spec").value().cloned().unwrap_or_default();
    let metadata = asked.map("metadata").value().cloned().unwrap_or_default();
    storable("spec", &spec)?;
    storable("metadata", &metadata)?;
    storable_together("spec and metadata", &(&spec, &metadata))?;
    if env.settings.name_unique && name_taken::<Profile>(&env.store, &call.caller, name).await? {
        return Err(Fault::bad_request(format!("A profile named '{name}' already exists.")).into());
    }
    let type_name = validate_profile_spec(Some(name), &spec)?.0;
    let host = host(&env.store, &call.caller, &type_name, &spec).await?;
    let profile = Profile {
        type_name,
        id: ProfileId::new(env.ids.uuid()),
        name: name.to_owned(),
        user: call.caller.user_id.clone(),
        project: call.caller.project_id.clone(),
        domain: call.caller.domain_id.clone(),
        spec,
        metadata: Some(metadata),
        created_at: env.now(),
        updated_at: None,
    };
    let created = env.store.profile_create(&profile, host).await.map_err(store_failed)?;
    created.map_err(|refusal| host_refused(refusal, &profile.type_name, &profile.spec))?;
    Ok(call.respond().created(&json!({ "profile": views::profile(&profile) })))
}
