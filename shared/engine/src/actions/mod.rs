//! What each action decides: how it begins, and how it ends. One file an action; all of it pure.
//!
//! Between the two the machine makes and removes nodes as the beginning asked, whatever the action.

mod cluster_create;
mod cluster_delete;
mod cluster_resize;
mod cluster_scale;
mod cluster_update;
#[cfg(test)]
mod tests;

use crate::env::Settings;
use crate::work::{Creation, Plan, Removal};
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, Member};
use coppice_domain::evaluate::evaluate;
use coppice_domain::ids::NodeId;
use coppice_domain::node::NodeStatus;
use coppice_domain::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;

/// What a decision is made from.
pub(crate) struct Situation<'a> {
    pub(crate) action: &'a Action,
    pub(crate) cluster: &'a Cluster,
    pub(crate) members: &'a [Member],
    pub(crate) settings: &'a Settings,
    pub(crate) now: Timestamp,
}

/// How an action begins: the cluster as it shall be from now on, and what to do to its nodes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Beginning {
    pub(crate) cluster: Cluster,
    pub(crate) create: u64,
    pub(crate) remove: Vec<NodeId>,
}

/// Why an action fails before it changes anything.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// The cluster as it shall be.
    pub(crate) cluster: Box<Cluster>,
    pub(crate) reason: String,
}

/// How an action ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ending {
    /// The cluster as it shall be; none when it shall be removed.
    pub(crate) cluster: Option<Cluster>,
    pub(crate) status: ActionStatus,
    pub(crate) reason: String,
}

/// The decisions of one kind of action on a cluster.
pub(crate) trait ClusterAction: Sync {
    /// Decides what to do.
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused>;
    /// Decides how it went, once no node is pending.
    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending;
}

/// The decisions of this kind of action; none for those that nodes' actions are.
pub(crate) fn on_cluster(kind: ActionKind) -> Option<&'static dyn ClusterAction> {
    Some(match kind {
        ActionKind::ClusterCreate => &cluster_create::ClusterCreate,
        ActionKind::ClusterDelete => &cluster_delete::ClusterDelete,
        ActionKind::ClusterUpdate => &cluster_update::ClusterUpdate,
        ActionKind::ClusterResize => &cluster_resize::ClusterResize,
        ActionKind::ClusterScaleOut => &cluster_scale::SCALE_OUT,
        ActionKind::ClusterScaleIn => &cluster_scale::SCALE_IN,
        _ => return None,
    })
}

impl Situation<'_> {
    /// How many nodes the cluster has, whatever their state.
    fn count(&self) -> i64 {
        i64::try_from(self.members.len()).unwrap_or(i64::MAX)
    }

    /// The cluster with its status evaluated (spec engine-cluster §2).
    pub(crate) fn evaluated(&self) -> Cluster {
        let active = self.members.iter().filter(|member| member.status == NodeStatus::Active).count();
        let active = i64::try_from(active).unwrap_or(i64::MAX);
        let (status, status_reason) = evaluate(self.action.kind.name(), active, &self.cluster.sizes);
        Cluster { status, status_reason, ..self.cluster.clone() }
    }

    /// What went wrong with the nodes of this plan, if anything did.
    fn failure(&self, plan: &Plan) -> Option<String> {
        if plan.creation.as_ref().is_some_and(|creation| !self.made(creation)) {
            return Some("Failed in creating nodes.".to_owned());
        }
        // Whoever was to go has gone: no more are left than were to stay.
        let overstayed = |removal: &Removal| !removal.registered() || self.members.len() > removal.remaining;
        if plan.removal.as_ref().is_some_and(overstayed) {
            let (kind, id) = (self.action.kind.name(), self.action.id.short());
            return Some(format!("Failed in deleting nodes: {kind} [{id}] failed"));
        }
        None
    }

    /// Whether every node of a creation is there and active.
    fn made(&self, creation: &Creation) -> bool {
        let active: HashSet<NodeId> = self
            .members
            .iter()
            .filter(|member| member.status == NodeStatus::Active)
            .map(|member| member.node)
            .collect();
        creation.registered()
            && (0..creation.count).all(|place| active.contains(&Creation::node(self.action.id, place)))
    }

    /// The usual ending: the status evaluated, and the action failed if any of its nodes did.
    fn concluded(&self, plan: &Plan, success: &str) -> Ending {
        let failure = self.failure(plan);
        Ending {
            cluster: Some(self.evaluated()),
            status: if failure.is_none() { ActionStatus::Succeeded } else { ActionStatus::Failed },
            reason: failure.unwrap_or_else(|| success.to_owned()),
        }
    }
}
