//! `POST /v1/nodes/adopt` (spec api-resources L7).

use crate::BY_NAME;
use crate::adopt_preview::adoptee;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Given, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::Feature;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::node::Node;
use coppice_engine::Env;
use coppice_engine::accept::{self, AdoptedNode};
use coppice_support::{host, name_taken, refused, requester};
use serde_json::json;

const ENDPOINT: Endpoint =
    Endpoint { rule: "nodes:adopt", since: Feature::Adoption.since(), body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("identity", Kind::String).required(),
    Field::new("type", Kind::String).required(),
    Field::new("name", Kind::Name).nullable(),
    // Checked, and then of no effect, as in the reference.
    Field::new("role", Kind::String).nullable(),
    Field::new("metadata", Kind::JsonMap).nullable(),
    Field::new("overrides", Kind::JsonMap).nullable(),
    Field::new("snapshot", Kind::Boolean).nullable(),
];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post("/nodes/adopt", "Make an instance a node", ENDPOINT)
    .routed_as(BY_NAME)
    .takes(Payload::Plain(Object::strict(FIELDS)))
    .ok(Shown::One("node", views::NODE))
    .refuses(&[FaultKind::ProfileOperationFailed]);

/// Makes an instance a node. It is there already: nothing is started, and the answer shows the node as it is.
pub(crate) async fn adopt(env: &Env, call: &Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let body = call.body.as_ref().ok_or_else(Fault::malformed)?;
    let asked = coerce(FIELDS, body, call.microversion)?;
    let metadata = match asked.map("metadata") {
        Given::Absent => Some(JsonMap::new()),
        Given::Null => None,
        Given::Value(metadata) => Some(metadata.clone()),
    };
    storable("metadata", &metadata)?;
    let name = asked.text("name").value();
    if let Some(name) = name
        && env.settings.name_unique
        && name_taken::<Node>(&env.store, &call.caller, name).await?
    {
        return Err(Fault::bad_request(format!("The node named ({name}) already exists.")).into());
    }
    let adoptee = adoptee(env, call, &asked).await?;
    let kind = asked.text("type").value().unwrap_or_default();
    let host = host(&env.store, &call.caller, kind, &adoptee.spec).await?;
    let domain = call.caller.domain_id.clone();
    let new = AdoptedNode { name: name.map(str::to_owned), metadata, domain, host };
    let (node, profile) = accept::node_adopt(env, &adoptee, new, requester(call)).await.map_err(refused)?;
    Ok(call.respond().ok(&json!({ "node": views::node(&node, &profile.name, call.microversion) })))
}
