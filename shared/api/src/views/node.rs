//! A node (spec api-resources A2).

use super::instant;
use crate::microversion::{Feature, Microversion};
use crate::openapi::schema::{
    self, boolean, integer, map, nullable, object, one_of, since, text, uuid, with_optional,
};
use crate::operation::Representation;
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::{Node, NodeStatus};
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

/// What [`node`] makes, with what the backend tells of it where that was asked for.
pub const NODE: Representation = Representation { name: "Node", schema };

/// The representation of the spec that adopting an instance would make a profile of.
#[must_use]
pub fn node_preview(spec: &JsonMap) -> Value {
    json!({ "node_preview": spec })
}

/// What [`node_preview`] makes.
pub const NODE_PREVIEW: Representation = Representation { name: "NodePreview", schema: preview_schema };

fn preview_schema() -> Value {
    object([("node_preview", map())])
}

fn schema() -> Value {
    let node = object([
        ("id", uuid()),
        ("name", text()),
        ("cluster_id", text()),
        ("physical_id", nullable(text())),
        ("profile_id", uuid()),
        ("profile_name", text()),
        ("user", text()),
        ("project", text()),
        ("domain", nullable(text())),
        ("index", integer()),
        ("role", nullable(text())),
        ("init_at", schema::instant()),
        ("created_at", nullable(schema::instant())),
        ("updated_at", nullable(schema::instant())),
        ("status", one_of(NodeStatus::ALL.map(NodeStatus::name))),
        ("status_reason", text()),
        ("data", map()),
        ("metadata", nullable(map())),
        ("dependents", map()),
        ("tainted", since(Feature::Tainted, boolean())),
    ]);
    with_optional(node, "details", map())
}
