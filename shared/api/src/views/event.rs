//! An event (spec api-resources A8).

use crate::openapi::schema::{bare_instant, instant, integer, map, nullable, object, one_of, text, uuid};
use crate::operation::Representation;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::time::Timestamp;
use serde_json::{Value, json};

/// The representation of `event`. The reference shows the whole row of the cluster beside it, and
/// clients have come to see it; `cluster` is null once the cluster is gone.
#[must_use]
pub fn event(event: &Event, cluster: Option<&Cluster>) -> Value {
    json!({
        "id": event.id,
        "timestamp": event.timestamp.iso_offset(),
        "oid": event.oid,
        "oname": event.oname,
        "otype": event.otype,
        "cluster_id": event.cluster_id,
        "level": event.level.name(),
        "user": event.user,
        "project": event.project,
        "action": event.action,
        "status": event.status.name(),
        "status_reason": event.status_reason,
        "meta_data": event.meta_data,
        "cluster": cluster.map(row),
    })
}

/// The cluster as a database row: other keys and other times than its own representation.
fn row(cluster: &Cluster) -> Value {
    let seconds = |moment: Timestamp| moment.truncated().iso_micros();
    json!({
        "id": cluster.id,
        "name": cluster.name,
        "profile_id": cluster.profile_id,
        "user": cluster.user,
        "project": cluster.project,
        "domain": cluster.domain,
        "parent": null,
        "init_at": seconds(cluster.init_at),
        "created_at": cluster.created_at.map(seconds),
        "updated_at": cluster.updated_at.map(seconds),
        "min_size": cluster.sizes.min_size,
        "max_size": cluster.sizes.max_size,
        "desired_capacity": cluster.sizes.desired_capacity,
        "next_index": cluster.next_index,
        "timeout": cluster.timeout,
        "status": cluster.status.name(),
        "status_reason": cluster.status_reason,
        "meta_data": cluster.metadata,
        "data": cluster.data,
        "dependents": cluster.dependents,
        "config": cluster.config,
    })
}

/// What [`event`] makes.
pub const EVENT: Representation = Representation { name: "Event", schema };

fn schema() -> Value {
    let levels = [Level::Debug, Level::Info, Level::Warn, Level::Error, Level::Critical];
    object([
        ("id", uuid()),
        ("timestamp", instant()),
        ("oid", uuid()),
        ("oname", text()),
        ("otype", text()),
        ("cluster_id", nullable(uuid())),
        ("level", one_of(levels.map(Level::name))),
        ("user", text()),
        ("project", text()),
        ("action", text()),
        ("status", one_of([Phase::Start, Phase::End, Phase::Error].map(Phase::name))),
        ("status_reason", text()),
        ("meta_data", map()),
        ("cluster", nullable(row_schema())),
    ])
}

/// What [`row`] makes.
fn row_schema() -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("profile_id", uuid()),
        ("user", text()),
        ("project", text()),
        ("domain", nullable(text())),
        ("parent", nullable(text())),
        ("init_at", bare_instant()),
        ("created_at", nullable(bare_instant())),
        ("updated_at", nullable(bare_instant())),
        ("min_size", integer()),
        ("max_size", integer()),
        ("desired_capacity", integer()),
        ("next_index", integer()),
        ("timeout", integer()),
        ("status", one_of(ClusterStatus::ALL.map(ClusterStatus::name))),
        ("status_reason", text()),
        ("meta_data", map()),
        ("data", map()),
        ("dependents", map()),
        ("config", map()),
    ])
}
