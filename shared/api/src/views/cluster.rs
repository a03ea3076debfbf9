//! A cluster (spec api-resources A1).

use super::instant;
use coppice_domain::cluster::Cluster;
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
