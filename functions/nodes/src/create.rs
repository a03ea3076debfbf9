//! `POST /v1/nodes` (spec api-resources L1).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::{storable, storable_together};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::cluster::Cluster;
use coppice_domain::fault::Fault;
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_engine::accept::{self, NewNode};
use coppice_support::{name_taken, referenced, refused, requester};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "nodes:create", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("cluster_id", Kind::String).nullable(),
    Field::new("metadata", Kind::JsonMap).nullable(),
    Field::new("name", Kind::Name).required(),
    Field::new("profile_id", Kind::String).required(),
    Field::new("role", Kind::String).nullable(),
];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post("/nodes", "Create a node by an action", ENDPOINT)
    .takes(Payload::Wrapped("node", Object::strict(FIELDS)))
    .accepted(Shown::One("node", views::NODE));

/// Records a node, orphan or member of a cluster, and starts its creation.
pub(crate) async fn create(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, call.created("node")?, call.microversion)?;
    let text = |name| asked.text(name).value().unwrap_or_default();
    let (name, role) = (text("name").to_owned(), text("role").to_owned());
    let metadata = asked.map("metadata").value().cloned().unwrap_or_default();
    storable("metadata", &metadata)?;
    storable("role", &role)?;
    storable_together("metadata and role", &(&metadata, &role))?;
    let profile = referenced::<Profile>(&env.store, &call.caller, text("profile_id")).await?;
    let cluster = match text("cluster_id") {
        "" => None,
        reference => Some(cluster(&env, &call, reference, &profile).await?),
    };
    if env.settings.name_unique && name_taken::<Node>(&env.store, &call.caller, &name).await? {
        return Err(Fault::bad_request(format!("The node named ({name}) already exists.")).into());
    }
    let (profile_id, profile_type) = (profile.id, profile.type_name.clone());
    let domain = call.caller.domain_id.clone();
    let new = NewNode { name, role, metadata, profile_id, profile_type, domain };
    let (node, action) =
        accept::node_create(&env, new, cluster.as_ref(), requester(&call)).await.map_err(refused)?;
    let view = views::node(&node, &profile.name, call.microversion);
    Ok(call.respond().accepted(&json!({ "node": view }), action))
}

/// The cluster to be a member of: one whose nodes are of the same type.
async fn cluster(env: &Env, call: &Call, reference: &str, profile: &Profile) -> Result<Cluster, Failure> {
    let cluster = referenced::<Cluster>(&env.store, &call.caller, reference).await?;
    if cluster.profile_type != profile.type_name {
        let text = "Node and cluster have different profile type, operation aborted.";
        return Err(Fault::bad_request(text).into());
    }
    Ok(cluster)
}
