//! Accepting new nodes, and actions on nodes.

use super::{Asked, Refusal, Requester, TRIES, Target, conflict, due_at, new_action, register, ring};
use crate::env::Env;
use crate::machine::draws;
use crate::work::Work;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::Fault;
use coppice_domain::ids::{ActionId, NodeId, ProfileId};
use coppice_domain::naming::node_name;
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{Acceptance, AcceptedAction, NodeAcceptance, StoreError};
use serde_json::Value;
use std::time::Duration;

/// The index of a node that is no member of a cluster.
pub(super) const ORPHAN: i64 = -1;

/// A node to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNode {
    /// Its name. A member is named after its cluster's format instead.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Its metadata.
    pub metadata: JsonMap,
    /// The profile it is made from.
    pub profile_id: ProfileId,
    /// The type of that.
    pub profile_type: String,
    /// The domain of the requester's token.
    pub domain: Option<String>,
}

/// Records a new node with its `NODE_CREATE`, and takes its index from `cluster`, if it is to be a member.
/// A member belongs to the cluster's user and project, whoever asks for it.
///
/// # Errors
/// `BadRequest` when the profile or the cluster is gone; a failure of the store.
pub async fn node_create(
    env: &Env,
    new: NewNode,
    cluster: Option<&Cluster>,
    requester: Requester<'_>,
) -> Result<(Node, ActionId), Refusal> {
    let id = NodeId::new(env.ids.uuid());
    let target = Target {
        id: id.uuid(),
        cluster: cluster.map(|cluster| cluster.id),
        timeout: env.settings.default_action_timeout,
    };
    let asked = Asked::new(ActionKind::NodeCreate, JsonMap::new());
    let action = new_action(env, target, asked, requester);
    let owner = cluster.map_or((requester.user, requester.project), |cluster| {
        (cluster.user.as_str(), cluster.project.as_str())
    });
    let mut node = Node {
        id,
        name: new.name,
        cluster_id: target.cluster,
        physical_id: None,
        profile_id: new.profile_id,
        profile_type: new.profile_type,
        user: owner.0.to_owned(),
        project: owner.1.to_owned(),
        domain: cluster.map_or(new.domain, |cluster| cluster.domain.clone()),
        index: ORPHAN,
        role: Some(new.role),
        init_at: env.now(),
        created_at: None,
        updated_at: None,
        status: NodeStatus::Init,
        status_reason: "Initializing".to_owned(),
        metadata: Some(new.metadata),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: Some(action.id),
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: true,
    };
    let mut cluster = cluster.cloned();
    for _ in 0..TRIES {
        if let Some(cluster) = &cluster {
            node.index = cluster.next_index;
            node.name = name_in(cluster, action.id, node.index);
            // A cluster that refers to the profile itself covers its members.
            node.own_reference = !cluster.profile_refs.contains(&node.profile_id);
        }
        let now = env.now();
        let accepted = AcceptedAction { action: &action, due_at: due_at(env, now), work: None };
        match env.store.accept_node(&node, accepted, now).await? {
            NodeAcceptance::Accepted => {
                ring(env, &action.project, action.id, 0, Duration::ZERO).await;
                return Ok((node, action.id));
            }
            NodeAcceptance::ClusterChanged => {
                cluster = match node.cluster_id {
                    Some(id) => {
                        Some(env.store.get::<Cluster>(id).await?.ok_or_else(|| gone("cluster", &id))?)
                    }
                    None => None,
                };
            }
            NodeAcceptance::ClusterGone => {
                let id = node.cluster_id.map(|id| id.to_string()).unwrap_or_default();
                return Err(gone("cluster", &id).into());
            }
            NodeAcceptance::ProfileGone => return Err(gone("profile", &node.profile_id).into()),
        }
    }
    Err(StoreError::Conflict(format!("the cluster of node {id} keeps changing")).into())
}

/// Records an action on a node, unless another holds it: then 409 at once. A deletion takes the node over
/// instead, and an operation waits for its turn (spec api-resources B).
///
/// # Errors
/// `ActionConflict`, `ResourceNotFound`, or a failure of the store.
pub async fn node_action(
    env: &Env,
    node: &Node,
    asked: Asked,
    requester: Requester<'_>,
) -> Result<ActionId, Refusal> {
    let kind = asked.kind;
    let target =
        Target { id: node.id.uuid(), cluster: node.cluster_id, timeout: env.settings.default_action_timeout };
    let action = new_action(env, target, asked, requester);
    register(env, requester, &node.project).await?;
    let mut holder = node.active_action;
    for _ in 0..TRIES {
        let supersedes = if kind == ActionKind::NodeDelete { holder } else { None };
        let work = Work { supersedes, ..Work::default() };
        let work = work.saved()?;
        let accepted = AcceptedAction {
            action: &action,
            due_at: due_at(env, env.now()),
            work: supersedes.is_some().then_some(&work),
        };
        let beside = kind == ActionKind::NodeOperation || is_derived(env, supersedes).await?;
        let acceptance = if beside {
            env.store.accept_beside(node, unattended(accepted)).await?
        } else {
            env.store.accept_on_node(node, accepted, supersedes).await?
        };
        match acceptance {
            Acceptance::Accepted => {
                ring(env, &action.project, action.id, 0, Duration::ZERO).await;
                return Ok(action.id);
            }
            Acceptance::Held(_) if kind == ActionKind::NodeDelete => {
                let now: Option<Node> = env.store.get(node.id).await?;
                let now = now.ok_or_else(|| Fault::not_found("node", &node.id.to_string()))?;
                holder = now.active_action;
            }
            Acceptance::Held(by) => return Err(conflict(kind, node.id.uuid(), by).into()),
            Acceptance::Shared(_)
            | Acceptance::Hosting(_)
            | Acceptance::Gone
            | Acceptance::OverQuota
            | Acceptance::ProfileGone => {
                return Err(Fault::not_found("node", &node.id.to_string()).into());
            }
        }
    }
    Err(StoreError::Conflict(format!("the holder of node {} keeps changing", node.id)).into())
}

/// Whether the holder of a node works for an action on its cluster: that is not taken over but waited for.
async fn is_derived(env: &Env, holder: Option<ActionId>) -> Result<bool, Refusal> {
    let Some(holder) = holder else { return Ok(false) };
    let holder: Option<Action> = env.store.get(holder).await?;
    Ok(holder.is_some_and(|holder| holder.parent.is_some()))
}

/// The same, taking nothing over.
const fn unattended(accepted: AcceptedAction<'_>) -> AcceptedAction<'_> {
    AcceptedAction { work: None, ..accepted }
}

/// The name of a member: the cluster's format, with its random part drawn from the action's id.
fn name_in(cluster: &Cluster, action: ActionId, index: i64) -> String {
    let format = cluster.config.get("node.name.format").and_then(Value::as_str);
    node_name(format, index, &mut draws(action.uuid()))
}

fn gone(kind: &str, id: &impl std::fmt::Display) -> Fault {
    Fault::bad_request(format!("The specified {kind} '{id}' could not be found"))
}
