//! Accepting new clusters, and actions on clusters.

use super::{Asked, Refusal, Requester, TRIES, Target, conflict, due_at, new_action, register, ring};
use crate::env::Env;
use crate::work::Work;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::{ActionId, ClusterId};
use coppice_domain::policies::cooling;
use coppice_domain::policy::Binding;
use coppice_domain::pyrepr;
use coppice_domain::time::Timestamp;
use coppice_store::{Acceptance, AcceptedAction, BoundCluster, StoreError};
use std::time::Duration;

/// Records a new cluster with its `CLUSTER_CREATE`. `cluster.active_action` and `active_kind` are set here.
///
/// # Errors
/// `OverQuota`; `BadRequest` when the profile is gone; a failure of the store.
pub async fn cluster_create(env: &Env, cluster: &Cluster) -> Result<ActionId, Refusal> {
    let mut cluster = cluster.clone();
    let requester = Requester { user: &cluster.user, project: &cluster.project };
    let asked = Asked::new(ActionKind::ClusterCreate, JsonMap::new());
    let action = new_action(env, target(&cluster), asked, requester);
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
        Acceptance::ProfileGone
        | Acceptance::Gone
        | Acceptance::Held(_)
        | Acceptance::Shared(_)
        | Acceptance::Hosting(_) => {
            let text = format!("The specified profile '{}' could not be found", cluster.profile_id);
            return Err(Fault::bad_request(text).into());
        }
    }
    ring(env, &action.project, action.id, 0, Duration::ZERO).await;
    Ok(action.id)
}

/// Records an action on a cluster, unless another holds it: then 409 at once. Deletion takes the cluster
/// over instead; the engine ends the former holder (design: DELETE fences and cancels). One that is asked for again by
/// its id is there already, whatever would keep it from being recorded now.
///
/// # Errors
/// `ActionConflict`, `ActionCooldown`, `ResourceIsLocked`, `ResourceNotFound`, or a failure of the store.
pub async fn cluster_action(
    env: &Env,
    cluster: &Cluster,
    asked: Asked,
    requester: Requester<'_>,
) -> Result<ActionId, Refusal> {
    let bindings =
        if may_cool(cluster, asked.kind) { env.store.bindings(cluster.id).await? } else { Vec::new() };
    unless_recorded(env, cluster, asked, bindings, requester).await
}

/// The same for a caller who has read the cluster's policies together with it, which saves the time of a read.
///
/// # Errors
/// As [`cluster_action`].
pub async fn cluster_scaling(
    env: &Env,
    bound: BoundCluster,
    asked: Asked,
    requester: Requester<'_>,
) -> Result<ActionId, Refusal> {
    let BoundCluster { cluster, bindings } = bound;
    unless_recorded(env, &cluster, asked, bindings, requester).await
}

/// Records the action; one whose id was given is recorded once, whatever stands against it by now.
async fn unless_recorded(
    env: &Env,
    cluster: &Cluster,
    asked: Asked,
    bindings: Vec<Binding>,
    requester: Requester<'_>,
) -> Result<ActionId, Refusal> {
    let again = asked.id;
    match record(env, cluster, asked, bindings, requester).await {
        Err(Refusal::Fault(fault)) => match again {
            Some(id) if env.store.get::<Action>(id).await?.is_some() => Ok(id),
            _ => Err(fault.into()),
        },
        recorded => recorded,
    }
}

async fn record(
    env: &Env,
    cluster: &Cluster,
    asked: Asked,
    bindings: Vec<Binding>,
    requester: Requester<'_>,
) -> Result<ActionId, Refusal> {
    let kind = asked.kind;
    if may_cool(cluster, kind) {
        refuse_cooling(cluster, kind, &bindings, env.now())?;
    }
    let action = new_action(env, target(cluster), asked, requester);
    register(env, requester, &cluster.project).await?;
    let mut holder = cluster.active_action;
    for _ in 0..TRIES {
        let supersedes = if kind == ActionKind::ClusterDelete { holder } else { None };
        let work = Work { supersedes, ..Work::default() };
        let work = work.saved()?;
        let accepted = AcceptedAction {
            action: &action,
            due_at: due_at(env, env.now()),
            work: supersedes.is_some().then_some(&work),
        };
        match env.store.accept_on_cluster(cluster.id, accepted, supersedes).await? {
            Acceptance::Accepted => {
                ring(env, &action.project, action.id, 0, Duration::ZERO).await;
                return Ok(action.id);
            }
            Acceptance::Held(_) if kind == ActionKind::ClusterDelete => {
                holder = current_holder(env, cluster.id).await?;
            }
            Acceptance::Held(by) => return Err(conflict(kind, cluster.id.uuid(), by).into()),
            Acceptance::Shared(holders) => {
                if !release_ended(env, cluster.id, &holders).await? {
                    return Err(locked(kind, cluster.id).into());
                }
            }
            Acceptance::Hosting(profiles) => {
                let text = format!(
                    "The cluster '{}' cannot be deleted: still referenced by profile(s): {}.",
                    cluster.id,
                    pyrepr::repr(&profiles.into())
                );
                return Err(Fault::new(FaultKind::ResourceInUse, text).into());
            }
            Acceptance::Gone | Acceptance::OverQuota | Acceptance::ProfileGone => {
                return Err(Fault::not_found("cluster", &cluster.id.to_string()).into());
            }
        }
    }
    Err(StoreError::Conflict(format!("the holder of cluster {} keeps changing", cluster.id)).into())
}

/// Whether an action has to wait for policies that cool down. That another action holds the cluster is said first.
fn may_cool(cluster: &Cluster, kind: ActionKind) -> bool {
    matches!(kind, ActionKind::ClusterScaleIn | ActionKind::ClusterScaleOut)
        && cluster.active_action.is_none()
}

/// Refuses a scaling while a policy of the cluster cools down (spec engine-actions §3).
fn refuse_cooling(
    cluster: &Cluster,
    kind: ActionKind,
    bindings: &[Binding],
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(binding) = cooling(kind, bindings, now) else { return Ok(()) };
    let text = format!(
        "The {} action for cluster {} cannot be processed due to Policy {} cooldown still in progress",
        kind.name(),
        cluster.id,
        binding.policy_id
    );
    Err(Fault::new(FaultKind::ActionCooldown, text))
}

fn target(cluster: &Cluster) -> Target {
    Target { id: cluster.id.uuid(), cluster: Some(cluster.id), timeout: cluster.timeout }
}

/// Lets go the shared holds of actions that have ended: their worker died before it did. Whether there was
/// any. There are few holders, and this is read only when a request would be refused because of them.
async fn release_ended(env: &Env, cluster: ClusterId, holders: &[ActionId]) -> Result<bool, Refusal> {
    let open: Vec<Action> = env.store.get_many(holders).await?;
    let is_open = |id: &ActionId| open.iter().any(|each| each.id == *id && !each.status.is_terminal());
    let mut released = false;
    for id in holders.iter().filter(|id| !is_open(id)) {
        env.store.cluster_unshare(cluster, *id).await?;
        released = true;
    }
    Ok(released)
}

fn locked(kind: ActionKind, cluster: ClusterId) -> Fault {
    let text =
        format!("{} for cluster '{cluster}' cannot be completed because it is already locked.", kind.name());
    Fault::new(FaultKind::ResourceIsLocked, text)
}

async fn current_holder(env: &Env, id: ClusterId) -> Result<Option<ActionId>, Refusal> {
    match env.store.get::<Cluster>(id).await? {
        Some(cluster) => Ok(cluster.active_action),
        None => Err(Fault::not_found("cluster", &id.to_string()).into()),
    }
}
