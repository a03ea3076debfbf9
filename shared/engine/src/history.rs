//! Events of requested actions (spec engine-receivers-health-events §3). Derived actions have none.

use coppice_compute::{Instance, Tags};
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::drift::{self, Told};
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::fault::Fault;
use coppice_domain::ids::{ActionId, EventId};
use coppice_domain::node::{Node, NodeStatus};
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
    let (level, phase) = outcome(status);
    event(action, cluster, now, level, phase, reason.to_owned())
}

/// What an event calls its action: its kind, or the operation that runs.
pub(crate) fn subject(action: &Action) -> &str {
    let operation = match action.kind {
        ActionKind::ClusterOperation | ActionKind::NodeOperation => action.inputs.get("operation"),
        _ => None,
    };
    operation.and_then(serde_json::Value::as_str).unwrap_or_else(|| action.kind.name())
}

/// The event that an action on a node begins. Where health policies began it, it says why.
pub(crate) fn started_on_node(action: &Action, node: &Node, now: Timestamp) -> Event {
    let reason = action.data.get("health").and_then(|health| health["reason"].as_str());
    let id = action.id.short();
    let text = reason.map_or_else(|| id.clone(), |reason| format!("{id}: {reason}"));
    node_event(action, node, now, Level::Info, Phase::Start, text)
}

/// The event that an action on a node has ended.
pub(crate) fn ended_on_node(
    action: &Action,
    node: &Node,
    now: Timestamp,
    status: ActionStatus,
    reason: &str,
) -> Event {
    let (level, phase) = outcome(status);
    node_event(action, node, now, level, phase, reason.to_owned())
}

/// The event that something was found about a node's instance, or is over.
pub(crate) fn drifted(node: &Node, told: &Told, id: EventId, now: Timestamp) -> Event {
    let (level, phase) = match told.status {
        NodeStatus::Active => (Level::Info, Phase::End),
        NodeStatus::Warning => (Level::Warn, Phase::Error),
        _ => (Level::Error, Phase::Error),
    };
    Event {
        id,
        timestamp: now,
        oid: node.id.uuid(),
        oname: node.name.clone(),
        otype: "NODE".to_owned(),
        cluster_id: node.cluster_id,
        level,
        user: node.user.clone(),
        project: node.project.clone(),
        action: drift::SUBJECT.to_owned(),
        status: phase,
        status_reason: told.reason.clone(),
        meta_data: JsonMap::new(),
    }
}

/// The event that a node which is not as it should be is not repaired now. `repair` is the action that would do it;
/// each kind of refusal is told once.
pub(crate) fn unrepaired(node: &Node, repair: ActionId, fault: &Fault, now: Timestamp) -> Event {
    let told = Told { status: NodeStatus::Warning, reason: format!("It is not repaired now: {fault}") };
    drifted(node, &told, EventId::derived(repair, fault.kind.name(), 0), now)
}

/// The event that an instance which no node claims is being deleted (invariant 4): once for each instance.
pub(crate) fn unclaimed(instance: &Instance, tags: &Tags, user: String, now: Timestamp) -> Event {
    Event {
        id: EventId::derived(tags.action, &format!("unclaimed {}", instance.id), 0),
        timestamp: now,
        oid: tags.node.uuid(),
        oname: instance.name.clone(),
        otype: "NODE".to_owned(),
        cluster_id: tags.cluster,
        level: Level::Warn,
        user,
        project: tags.project.clone(),
        action: ActionKind::NodeDelete.name().to_owned(),
        status: Phase::Start,
        status_reason: format!("The instance '{}' is deleted: no node claims it.", instance.id),
        meta_data: JsonMap::new(),
    }
}

const fn outcome(status: ActionStatus) -> (Level, Phase) {
    match status {
        ActionStatus::Succeeded => (Level::Info, Phase::End),
        _ => (Level::Error, Phase::Error),
    }
}

fn node_event(
    action: &Action,
    node: &Node,
    now: Timestamp,
    level: Level,
    phase: Phase,
    status_reason: String,
) -> Event {
    Event {
        id: EventId::derived(action.id, phase.name(), 0),
        timestamp: now,
        oid: node.id.uuid(),
        oname: node.name.clone(),
        otype: "NODE".to_owned(),
        cluster_id: node.cluster_id,
        level,
        user: action.user.clone(),
        project: action.project.clone(),
        action: subject(action).to_owned(),
        status: phase,
        status_reason,
        meta_data: JsonMap::new(),
    }
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
        action: subject(action).to_owned(),
        status: phase,
        status_reason,
        meta_data: JsonMap::new(),
    }
}
