//! An action (spec api-resources A7).

use super::instant;
use crate::microversion::{Feature, Microversion};
use crate::openapi::schema::{self, integer, list, map, nullable, number, object, one_of, since, text, uuid};
use crate::operation::Representation;
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// What an action's own record does not hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct ActionLinks<'a> {
    /// The actions it waits for.
    pub depends_on: &'a [ActionId],
    /// The actions that wait for it.
    pub depended_by: &'a [ActionId],
    /// The worker that holds it.
    pub owner: Option<Uuid>,
}

/// The representation of `action`.
#[must_use]
pub fn action(action: &Action, links: ActionLinks<'_>, microversion: Microversion) -> Value {
    let mut view = json!({
        "id": action.id,
        "name": action.name,
        "action": action.kind.name(),
        "target": action.target,
        "cause": action.cause.name(),
        "owner": links.owner,
        "interval": -1,
        "start_time": action.start_time.map(Timestamp::epoch),
        "end_time": action.end_time.map(Timestamp::epoch),
        "timeout": action.timeout,
        "status": action.status.name(),
        "status_reason": action.status_reason,
        "inputs": action.inputs,
        "outputs": action.outputs,
        "depends_on": links.depends_on,
        "depended_by": links.depended_by,
        "created_at": action.created_at.iso_z(),
        "updated_at": instant(action.updated_at),
        "data": action.data,
        "user": action.user,
        "project": action.project,
    });
    if microversion.has(Feature::ActionCluster) {
        view["cluster_id"] = action.cluster_id.map(|id| id.to_string()).unwrap_or_default().into();
    }
    view
}

/// What [`action`] makes.
pub const ACTION: Representation = Representation { name: "Action", schema };

/// The id of an action, as the answer to a request that started it.
pub const ACTION_ID: Representation = Representation { name: "ActionId", schema: uuid };

fn schema() -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("action", one_of(ActionKind::ALL.iter().map(|kind| kind.name()))),
        ("target", uuid()),
        ("cause", text()),
        ("owner", nullable(uuid())),
        ("interval", integer()),
        ("start_time", nullable(number())),
        ("end_time", nullable(number())),
        ("timeout", integer()),
        ("status", one_of(ActionStatus::ALL.map(ActionStatus::name))),
        ("status_reason", text()),
        ("inputs", map()),
        ("outputs", map()),
        ("depends_on", list(uuid())),
        ("depended_by", list(uuid())),
        ("created_at", schema::instant()),
        ("updated_at", nullable(schema::instant())),
        ("data", map()),
        ("user", text()),
        ("project", text()),
        ("cluster_id", since(Feature::ActionCluster, text())),
    ])
}
