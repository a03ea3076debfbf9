//! Events of requested actions (spec engine-receivers-health-events §3). Derived actions have none.

use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::ids::EventId;
use coppice_domain::time::Timestamp;

/// The event that an action on a cluster begins.
pub(crate) fn started(action: &Action, cluster: &Cluster, now: Timestamp) -> Event {
    event(action, cluster, now, Level::Info, Phase::Start, action.id.short())
}

/// The event that an action on a cluster has ended.
pub(crate) fn ended(
    action: &Action,
    cluster: &Cluster,
    now: Timestamp,
    status: ActionStatus,
    reason: &str,
) -> Event {
    let (level, phase) = match status {
        ActionStatus::Succeeded => (Level::Info, Phase::End),
        _ => (Level::Error, Phase::Error),
    };
    event(action, cluster, now, level, phase, reason.to_owned())
}

fn event(
    action: &Action,
    cluster: &Cluster,
    now: Timestamp,
    level: Level,
    phase: Phase,
    status_reason: String,
) -> Event {
    Event {
        // Derived, so that a step which is tried twice records its event once.
        id: EventId::derived(action.id, phase.name(), 0),
        timestamp: now,
        oid: cluster.id.uuid(),
        oname: cluster.name.clone(),
        otype: "CLUSTER".to_owned(),
        cluster_id: Some(cluster.id),
        level,
        user: action.user.clone(),
        project: action.project.clone(),
        action: action.kind.name().to_owned(),
        status: phase,
        status_reason,
        meta_data: JsonMap::new(),
    }
}
