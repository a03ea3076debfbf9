//! Saying what was found, and starting what repairs it. A cluster or node that an action holds is left alone.

use super::look::Seen;
use crate::accept::{Asked, Refusal, Requester, node_action};
use crate::env::Env;
use crate::history::{drifted, unrepaired};
use crate::machine::Worker;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::drift::{Finding, Told, after, repairs, tell};
use coppice_domain::ids::{ActionId, ClusterId, EventId, NodeId};
use coppice_domain::node::Node;
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, NodeTold, StoreError, TOLD_AT_ONCE};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};

/// A node and what was found about its instance; none if it is as it should be.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) node: Node,
    pub(super) finding: Option<Finding>,
}

/// Says and starts what follows from what was found, until the time is up; something in any case.
pub(super) async fn act(worker: &Worker, found: Vec<Found>, until: Timestamp) -> Result<Seen, StoreError> {
    let env = &worker.env;
    let mut seen = Seen { acted: 0, complete: true, in_time: true };
    let mut begun = false;
    let mut groups: BTreeMap<Option<ClusterId>, Vec<Found>> = BTreeMap::new();
    for each in found {
        groups.entry(each.node.cluster_id).or_default().push(each);
    }
    for (cluster, mut group) in groups {
        let mut view = match cluster {
            Some(id) => env.store.cluster_view(id).await?,
            None => None,
        };
        if cluster.is_some() && view.as_ref().is_none_or(|view| view.cluster.active_action.is_some()) {
            seen.complete = false;
            continue;
        }
        let repairing = view.as_ref().map(|view| view.cluster.clone()).filter(|own| repairs(&own.config));
        if repairing.is_some() {
            // What is being repaired, or was and could not be, is its action's to tell.
            let started = started(env, &group).await?;
            group.retain(|each| repair_of(each).is_none_or(|id| !started.contains(&id)));
        }
        for some in group.chunks(TOLD_AT_ONCE) {
            if begun && env.now() >= until {
                return Ok(Seen { in_time: false, ..seen });
            }
            let (said, missed) = say(env, &mut view, some).await?;
            begun |= said > 0 || !missed.is_empty();
            seen.acted += said;
            seen.complete &= missed.is_empty();
            let Some(cluster) = &repairing else { continue };
            for each in some.iter().filter(|each| !missed.contains(&each.node.id)) {
                let Some((finding, id)) = each.finding.as_ref().zip(repair_of(each)) else { continue };
                begun = true;
                match repair(env, cluster, &each.node, finding, id).await {
                    Ok(()) => seen.acted += 1,
                    Err(Refusal::Store(error)) => return Err(error),
                    Err(Refusal::Fault(fault)) => {
                        tracing::warn!(node.id = %each.node.id, error = %fault, "a node is not repaired now");
                        env.store.event_record(&unrepaired(&each.node, id, &fault, env.now())).await?;
                        seen.complete = false;
                    }
                }
            }
        }
    }
    Ok(seen)
}

fn repair_of(found: &Found) -> Option<ActionId> {
    let instance = found.node.physical_id.as_deref()?;
    found.finding.as_ref().map(|finding| finding.repair(&found.node, instance))
}

/// Those of the repairs that have been started, whatever became of them.
async fn started(env: &Env, group: &[Found]) -> Result<HashSet<ActionId>, StoreError> {
    let ids: Vec<ActionId> = group.iter().filter_map(repair_of).collect();
    let actions: Vec<Action> = env.store.get_many(&ids).await?;
    Ok(actions.into_iter().map(|action| action.id).collect())
}

/// Says what is new: how much that was, and of which nodes it could not be said.
async fn say(
    env: &Env,
    view: &mut Option<ClusterView>,
    some: &[Found],
) -> Result<(usize, HashSet<NodeId>), StoreError> {
    let new: Vec<(&Node, Told)> =
        some.iter().filter_map(|each| Some((&each.node, tell(&each.node, each.finding.as_ref())?))).collect();
    if new.is_empty() {
        return Ok((0, HashSet::new()));
    }
    if say_at_once(env, view, &new).await? {
        return Ok((new.len(), HashSet::new()));
    }
    // One of them has moved, or the cluster has: the others are none the worse for it.
    let (mut said, mut missed) = (0, HashSet::new());
    for each in new {
        let id = each.0.id;
        let cluster = view.as_ref().map(|view| view.cluster.id);
        if let Some(cluster) = cluster {
            *view = env.store.cluster_view(cluster).await?;
        }
        let there = cluster.is_none() || view.is_some();
        if there && say_at_once(env, view, &[each]).await? {
            said += 1;
        } else {
            missed.insert(id);
        }
    }
    Ok((said, missed))
}

async fn say_at_once(
    env: &Env,
    view: &mut Option<ClusterView>,
    new: &[(&Node, Told)],
) -> Result<bool, StoreError> {
    let now = env.now();
    let told: Vec<NodeTold> = new
        .iter()
        .map(|(node, told)| NodeTold {
            node: (*node).clone(),
            event: drifted(node, told, EventId::new(env.ids.uuid()), now),
            told: told.clone(),
        })
        .collect();
    let mut next = view.as_ref().map(|view| {
        let mut next = view.clone();
        for member in &mut next.members {
            if let Some((_, told)) = new.iter().find(|(node, _)| node.id == member.node) {
                member.status = told.status;
            }
        }
        let told: Vec<(&Node, &Told)> = new.iter().map(|(node, told)| (*node, told)).collect();
        // What is repaired is the repair's to tell: the cluster says so if that fails.
        if !repairs(&view.cluster.config) {
            next.cluster = after(&view.cluster, &next.members, &told);
        }
        next
    });
    let said = env.store.nodes_told(&told, next.as_ref()).await?;
    if said {
        if let Some(next) = &mut next {
            next.member_ends += 1;
        }
        for NodeTold { node, told, .. } in &told {
            tracing::warn!(node.id = %node.id, status = told.status.name(), reason = told.reason, "drift");
        }
        *view = next;
    }
    Ok(said)
}

/// Starts what makes the node a new instance from its profile, for the cluster's owner.
async fn repair(
    env: &Env,
    cluster: &Cluster,
    node: &Node,
    finding: &Finding,
    id: ActionId,
) -> Result<(), Refusal> {
    // An instance that shows again after all is left alone.
    let check = !matches!(finding, Finding::Differs { .. });
    let mut inputs = JsonMap::new();
    inputs.insert("operation".to_owned(), json!("RECREATE"));
    inputs.insert("check".to_owned(), json!(check));
    let name = format!("drift_{}", node.id.short());
    let asked = Asked::new(ActionKind::NodeRecover, inputs).identified(id).named(name);
    let requester = Requester { user: &cluster.user, project: &cluster.project };
    let id = node_action(env, node, asked, requester).await?;
    tracing::info!(node.id = %node.id, action.id = %id, "drift is being repaired");
    Ok(())
}
