//! `PATCH /v1/profiles/{id}` (spec api-resources E).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, coerce};
use coppice_api::limits::{storable, storable_together};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::fault::Fault;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_support::{find, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "profiles:update", since: MIN, body: Body::Required };

const FIELDS: &[Field] =
    &[Field::new("name", Kind::Name).nullable(), Field::new("metadata", Kind::JsonMap).nullable()];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::patch("/profiles/{id}", "Change a profile's name or metadata", ENDPOINT)
        .takes(Payload::Wrapped("profile", Object::strict(FIELDS)))
        .ok(Shown::One("profile", views::PROFILE));

/// Changes a profile's name or metadata; its spec never changes.
pub(crate) async fn update(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.updated("profile")?, call.microversion)?;
    let before = find::<Profile>(&env.store, &call.caller, &id).await?;
    let mut after = changed(&before, &asked);
    if after == before {
        return Err(Fault::bad_request("No property needs an update.").into());
    }
    storable("metadata", &after.metadata)?;
    storable_together("spec and metadata", &(&after.spec, &after.metadata))?;
    after.updated_at = Some(env.now());
    if !env.store.template_update(&before, &after).await.map_err(store_failed)? {
        return Err(Fault::not_found("profile", &id).into());
    }
    Ok(call.respond().ok(&json!({ "profile": views::profile(&after) })))
}

/// The profile with what was asked for: a null name changes nothing, null metadata is stored as null.
fn changed(before: &Profile, asked: &Coerced) -> Profile {
    let mut after = before.clone();
    if let Some(name) = asked.text("name").value() {
        name.clone_into(&mut after.name);
    }
    if let Some(metadata) = asked.map("metadata").given() {
        after.metadata = metadata.cloned();
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_domain::cluster::JsonMap;
    use coppice_domain::ids::ProfileId;
    use coppice_domain::time::Timestamp;
    use serde_json::Value;
    use uuid::Uuid;

    #[test]
    fn null_metadata_is_a_change_and_a_null_name_is_none() {
        let before = Profile {
            id: ProfileId::new(Uuid::nil()),
            name: "p".to_owned(),
            type_name: String::new(),
            user: String::new(),
            project: String::new(),
            domain: None,
            spec: JsonMap::new(),
            metadata: Some(JsonMap::new()),
            created_at: Timestamp::from_micros(0),
            updated_at: None,
        };
        let after = |body: Value| {
            let asked = coerce(FIELDS, body.as_object().unwrap(), MIN).unwrap();
            changed(&before, &asked)
        };
        for body in [json!({}), json!({"name": "p", "metadata": {}}), json!({"name": null})] {
            assert_eq!(after(body), before);
        }
        assert_eq!(after(json!({"name": "q"})).name, "q");
        assert_eq!(after(json!({"metadata": null})).metadata, None);
    }
}
