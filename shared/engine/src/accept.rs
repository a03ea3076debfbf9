//! Accepting requests that start work: validated input in, an action id out, and the work is certain to
//! be done (invariant 1).

use crate::env::Env;
use crate::work::Work;
use coppice_domain::action::{Action, ActionKind, ActionStatus, Cause};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::{ActionId, ClusterId};
use coppice_domain::time::Timestamp;
use coppice_store::{Acceptance, AcceptedAction, StoreError};
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

/// How often a deletion tries to take over a cluster whose holder keeps changing.
const TAKE_OVER_TRIES: usize = 5;

/// Records a new cluster with its `CLUSTER_CREATE`. `cluster.active_action` and `active_kind` are set here.
///
/// # Errors
/// `OverQuota`; `BadRequest` when the profile is gone; a failure of the store.
pub async fn cluster_create(env: &Env, cluster: &Cluster) -> Result<ActionId, Refusal> {
    let mut cluster = cluster.clone();
    let requester = Requester { user: &cluster.user, project: &cluster.project };
    let action = new_action(env, &cluster, ActionKind::ClusterCreate, JsonMap::new(), requester);
    cluster.active_action = Some(action.id);
    cluster.active_kind = Some(action.kind);
    let now = env.now();
    let accepted = AcceptedAction { action: &action, due_at: due_at(env, now), work: None };
    let quota = env.settings.max_clusters_per_project;
    match env.store.accept_cluster(&cluster, accepted, quota, now).await? {
        Acceptance::Accepted => {}
        Acceptance::OverQuota => {
            return Err(Fault::new(FaultKind::OverQuota, "Quota exceeded for resources.").into());
        }
        Acceptance::ProfileGone | Acceptance::Gone | Acceptance::Held(_) => {
            let text = format!("The specified profile '{}' could not be found", cluster.profile_id);
            return Err(Fault::bad_request(text).into());
        }
    }
    ring(env, action.id, 0, Duration::ZERO).await;
    Ok(action.id)
}

/// Records an action on a cluster, unless another holds it: then 409 at once. Deletion takes the cluster
/// over instead; the engine ends the former holder (design: DELETE fences and cancels).
///
/// # Errors
/// `ActionConflict`, `ResourceNotFound`, or a failure of the store.
pub async fn cluster_action(
    env: &Env,
    cluster: &Cluster,
    kind: ActionKind,
    inputs: JsonMap,
    requester: Requester<'_>,
) -> Result<ActionId, Refusal> {
    let action = new_action(env, cluster, kind, inputs, requester);
    let mut holder = cluster.active_action;
    for _ in 0..TAKE_OVER_TRIES {
        let supersedes = if kind == ActionKind::ClusterDelete { holder } else { None };
        let work = Work { supersedes, ..Work::default() };
        let work = serde_json::to_value(&work).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
        let accepted = AcceptedAction {
            action: &action,
            due_at: due_at(env, env.now()),
            work: supersedes.is_some().then_some(&work),
        };
        match env.store.accept_on_cluster(cluster.id, accepted, supersedes).await? {
            Acceptance::Accepted => {
                ring(env, action.id, 0, Duration::ZERO).await;
                return Ok(action.id);
            }
            Acceptance::Held(_) if kind == ActionKind::ClusterDelete => {
                holder = current_holder(env, cluster.id).await?;
            }
            Acceptance::Held(by) => return Err(conflict(kind, cluster.id.uuid(), by).into()),
            Acceptance::Gone | Acceptance::OverQuota | Acceptance::ProfileGone => {
                return Err(Fault::not_found("cluster", &cluster.id.to_string()).into());
            }
        }
    }
    Err(StoreError::Conflict(format!("the holder of cluster {} keeps changing", cluster.id)).into())
}

async fn current_holder(env: &Env, id: ClusterId) -> Result<Option<ActionId>, Refusal> {
    match env.store.get::<Cluster>(id).await? {
        Some(cluster) => Ok(cluster.active_action),
        None => Err(Fault::not_found("cluster", &id.to_string()).into()),
    }
}

fn conflict(kind: ActionKind, target: Uuid, by: ActionId) -> Fault {
    let text = format!(
        "The {} action for target {target} conflicts with the following action(s): {by}",
        kind.name()
    );
    Fault::new(FaultKind::ActionConflict, text)
}

fn new_action(
    env: &Env,
    cluster: &Cluster,
    kind: ActionKind,
    inputs: JsonMap,
    requester: Requester<'_>,
) -> Action {
    Action {
        id: ActionId::new(env.ids.uuid()),
        name: Action::conventional_name(kind, cluster.id.uuid()),
        kind,
        target: cluster.id.uuid(),
        cluster_id: Some(cluster.id),
        cause: Cause::Request,
        parent: None,
        user: requester.user.to_owned(),
        project: requester.project.to_owned(),
        timeout: cluster.timeout,
        status: ActionStatus::Ready,
        status_reason: String::new(),
        inputs,
        outputs: JsonMap::new(),
        data: JsonMap::new(),
        created_at: env.now(),
        updated_at: None,
        start_time: None,
        end_time: None,
    }
}

fn due_at(env: &Env, now: Timestamp) -> Timestamp {
    now.plus(env.settings.due_grace)
}

/// Rings, and leaves it to the sweep when the queue does not answer.
pub(crate) async fn ring(env: &Env, action: ActionId, seq: i64, delay: Duration) {
    if let Err(error) = env.doorbell.ring(action, seq, delay).await {
        tracing::warn!(action.id = %action, error = %error, "doorbell not rung; the sweep will ring");
    }
}
