//! Accepting requests that start work: validated input in, an action id out, and the work is certain to
//! be done (invariant 1).

mod adopt;
mod cluster;
mod node;
mod recovery;

pub use adopt::{AdoptedNode, node_adopt};
pub use cluster::{cluster_action, cluster_create, cluster_scaling};
pub use node::{NewNode, node_action, node_create};
pub(crate) use recovery::recovery;

use crate::env::Env;
use coppice_domain::action::{Action, ActionKind, ActionStatus, Cause};
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::{ActionId, ClusterId};
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use std::time::Duration;
use uuid::Uuid;

/// On whose behalf an action is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requester<'a> {
    /// The user.
    pub user: &'a str,
    /// The project.
    pub project: &'a str,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is to be done.
    pub kind: ActionKind,
    /// The action's id; none for a new one. A request that may be made twice brings its own, so that it makes
    /// one action all the same.
    pub id: Option<ActionId>,
    /// What the action is called; none for the conventional name of its kind.
    pub name: Option<String>,
    /// What it is told.
    pub inputs: JsonMap,
}

impl Asked {
    /// An action of this kind under its conventional name.
    #[must_use]
    pub const fn new(kind: ActionKind, inputs: JsonMap) -> Self {
        Self { kind, id: None, name: None, inputs }
    }

    /// The same under another name.
    #[must_use]
    pub fn named(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }

    /// The same as the action of this id.
    #[must_use]
    pub fn identified(self, id: ActionId) -> Self {
        Self { id: Some(id), ..self }
    }
}

/// Why a request was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// For a reason the client can act on.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The store failed; the request may or may not have been accepted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often a request is tried against others that change the same target.
const TRIES: usize = 5;

/// What an action works on.
#[derive(Clone, Copy, Debug)]
struct Target {
    id: Uuid,
    cluster: Option<ClusterId>,
    timeout: i64,
}

/// The action's record: requested, ready, and not begun.
fn new_action(env: &Env, target: Target, asked: Asked, requester: Requester<'_>) -> Action {
    Action {
        id: asked.id.unwrap_or_else(|| ActionId::new(env.ids.uuid())),
        name: asked.name.unwrap_or_else(|| Action::conventional_name(asked.kind, target.id)),
        kind: asked.kind,
        target: target.id,
        cluster_id: target.cluster,
        cause: Cause::Request,
        parent: None,
        user: requester.user.to_owned(),
        project: requester.project.to_owned(),
        timeout: target.timeout,
        status: ActionStatus::Ready,
        status_reason: String::new(),
        inputs: asked.inputs,
        outputs: JsonMap::new(),
        data: JsonMap::new(),
        created_at: env.now(),
        updated_at: None,
        start_time: None,
        end_time: None,
    }
}

/// An action belongs to whoever asks for it. That may be an administrator whose own project has nothing else
/// in it, so that no list would come by there.
async fn register(env: &Env, requester: Requester<'_>, owner: &str) -> Result<(), StoreError> {
    if requester.project == owner { Ok(()) } else { env.store.register_project(requester.project).await }
}

fn conflict(kind: ActionKind, target: Uuid, by: ActionId) -> Fault {
    let text = format!(
        "The {} action for target {target} conflicts with the following action(s): {by}",
        kind.name()
    );
    Fault::new(FaultKind::ActionConflict, text)
}

fn due_at(env: &Env, now: Timestamp) -> Timestamp {
    now.plus(env.settings.due_grace)
}

/// Rings for an action of this project, and leaves it to the sweep when the queue does not answer.
pub(crate) async fn ring(env: &Env, project: &str, id: ActionId, seq: i64, delay: Duration) {
    if let Err(error) = env.doorbell.ring(project, id, seq, delay).await {
        tracing::warn!(action.id = %id, error = %error, "doorbell not rung; the sweep will ring");
    }
}
