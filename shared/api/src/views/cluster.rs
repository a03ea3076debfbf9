//! A cluster (spec api-resources A1).

use super::instant;
use crate::openapi::schema::{self, integer, list, map, nullable, object, one_of, text, uuid};
use crate::operation::Representation;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::ids::NodeId;
use serde_json::{Value, json};
use uuid::Uuid;

/// The representation of `cluster` with its member nodes and the ids of its policy bindings.
#[must_use]
pub fn cluster(
    cluster: &Cluster,
    profile_name: &str,
    nodes: impl IntoIterator<Item = NodeId>,
    bindings: &[Uuid],
) -> Value {
    json!({
        "id": cluster.id,
        "name": cluster.name,
        "profile_id": cluster.profile_id,
        "profile_name": profile_name,
        "user": cluster.user,
        "project": cluster.project,
        "domain": cluster.domain,
        "init_at": cluster.init_at.iso_z(),
        "created_at": instant(cluster.created_at),
        "updated_at": instant(cluster.updated_at),
        "min_size": cluster.sizes.min_size,
        "max_size": cluster.sizes.max_size,
        "desired_capacity": cluster.sizes.desired_capacity,
        "timeout": cluster.timeout,
        "status": cluster.status.name(),
        "status_reason": cluster.status_reason,
        "metadata": cluster.metadata,
        "data": cluster.data,
        "dependents": cluster.dependents,
        "config": cluster.config,
        "nodes": nodes.into_iter().collect::<Vec<_>>(),
        "policies": bindings,
    })
}

/// What [`cluster`] makes.
pub const CLUSTER: Representation = Representation { name: "Cluster", schema };

fn schema() -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("profile_id", uuid()),
        ("profile_name", text()),
        ("user", text()),
        ("project", text()),
        ("domain", nullable(text())),
        ("init_at", schema::instant()),
        ("created_at", nullable(schema::instant())),
        ("updated_at", nullable(schema::instant())),
        ("min_size", integer()),
        ("max_size", integer()),
        ("desired_capacity", integer()),
        ("timeout", integer()),
        ("status", one_of(ClusterStatus::ALL.map(ClusterStatus::name))),
        ("status_reason", text()),
        ("metadata", map()),
        ("data", map()),
        ("dependents", map()),
        ("config", map()),
        ("nodes", list(uuid())),
        ("policies", list(uuid())),
    ])
}
