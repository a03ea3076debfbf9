//! A node (spec api-resources A2).

use super::instant;
use crate::microversion::{Feature, Microversion};
use coppice_domain::node::Node;
use serde_json::{Value, json};

/// The representation of `node`. An orphan's `cluster_id` is the empty string.
#[must_use]
pub fn node(node: &Node, profile_name: &str, microversion: Microversion) -> Value {
    let mut view = json!({
        "id": node.id,
        "name": node.name,
        "cluster_id": node.cluster_id.map(|id| id.to_string()).unwrap_or_default(),
        "physical_id": node.physical_id,
        "profile_id": node.profile_id,
        "profile_name": profile_name,
        "user": node.user,
        "project": node.project,
        "domain": node.domain,
        "index": node.index,
        "role": node.role,
        "init_at": node.init_at.iso_z(),
        "created_at": instant(node.created_at),
        "updated_at": instant(node.updated_at),
        "status": node.status.name(),
        "status_reason": node.status_reason,
        "data": node.data,
        "metadata": node.metadata,
        "dependents": node.dependents,
    });
    if microversion.has(Feature::Tainted) {
        view["tainted"] = node.tainted.into();
    }
    view
}
