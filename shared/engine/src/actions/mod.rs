//! What each action decides: how it begins, and how it ends. One file an action; all of it pure.
//!
//! Between the two the machine makes nodes and works on them as the beginning asked, whatever the action. An
//! action of several phases is asked after each what comes next.

mod cluster_add_nodes;
mod cluster_attach_policy;
mod cluster_check;
mod cluster_create;
mod cluster_del_nodes;
mod cluster_delete;
mod cluster_detach_policy;
mod cluster_operation;
mod cluster_recover;
mod cluster_replace_nodes;
mod cluster_resize;
mod cluster_scale_in;
mod cluster_scale_out;
mod cluster_update;
mod cluster_update_policy;
mod scaling;
#[cfg(test)]
mod tests;

use crate::env::Settings;
use crate::history;
use crate::jobs::Job;
use crate::work::{Assignment, Creation, Plan};
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::{Cluster, JsonMap, Member};
use coppice_domain::evaluate::judged;
use coppice_domain::ids::{NodeId, PolicyId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::policies::Data;
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_store::BindingChange;
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;

/// What a decision is made from.
pub(crate) struct Situation<'a> {
    pub(crate) action: &'a Action,
    pub(crate) cluster: &'a Cluster,
    pub(crate) members: &'a [Member],
    /// The policies that the cluster has, in the order in which they were attached.
    pub(crate) bindings: &'a [Binding],
    /// What else was read for the decision.
    pub(crate) reads: &'a Reads,
    /// What the cluster's policies decided; only while the action begins.
    pub(crate) decided: &'a Data,
    /// Which phase has been carried out, from 0.
    pub(crate) phase: u32,
    pub(crate) settings: &'a Settings,
    pub(crate) now: Timestamp,
}

/// How an action begins: the cluster as it shall be from now on, and what to do to its nodes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Beginning {
    pub(crate) cluster: Cluster,
    /// How many nodes to make.
    pub(crate) create: u64,
    /// Which nodes to work on, and how.
    pub(crate) assignment: Option<(Job, Vec<NodeId>)>,
}

/// What a decision wants to know beside the cluster and its members.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wants {
    /// These nodes.
    pub(crate) nodes: Vec<NodeId>,
    /// This profile, and with it the cluster's present one.
    pub(crate) profile: Option<ProfileId>,
    /// This policy, and the cluster's profile.
    pub(crate) policy: Option<PolicyId>,
}

/// What of it was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reads {
    pub(crate) nodes: Vec<Node>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) policy: Option<Policy>,
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
    /// What changes about the cluster's policies.
    pub(crate) bindings: Vec<BindingChange>,
}

impl Ending {
    /// An end that leaves the cluster's policies as they are.
    pub(crate) fn new(cluster: Option<Cluster>, status: ActionStatus, reason: impl Into<String>) -> Self {
        Self { cluster, status, reason: reason.into(), bindings: Vec::new() }
    }
}

impl From<Refused> for Ending {
    fn from(refused: Refused) -> Self {
        Self::new(Some(*refused.cluster), ActionStatus::Failed, refused.reason)
    }
}

/// The decisions of an action on a cluster that is over as soon as it is decided: it works on no node.
pub(crate) trait AtOnce: Sync {
    /// What the decision wants to know beside the cluster and its members.
    fn wants(&self, action: &Action) -> Wants;
    /// Decides how it ends.
    fn decide(&self, now: &Situation<'_>) -> Result<Ending, Refused>;
}

/// The decisions of one kind of action on a cluster.
pub(crate) trait ClusterAction: Sync {
    /// What the decision wants to know beside the cluster and its members.
    fn wants(&self, _action: &Action) -> Wants {
        Wants::default()
    }
    /// What comes after a phase, once no node is pending; nothing for most.
    fn next(&self, _now: &Situation<'_>, _plan: &Plan, _rng: &mut ChaCha8Rng) -> Option<Beginning> {
        None
    }
    /// Decides what to do.
    fn begin(&self, now: &Situation<'_>, rng: &mut ChaCha8Rng) -> Result<Beginning, Refused>;
    /// Decides how it went, once no node is pending.
    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending;
}

/// The decisions of this kind of action, if it is over at once.
pub(crate) fn at_once(kind: ActionKind) -> Option<&'static dyn AtOnce> {
    Some(match kind {
        ActionKind::ClusterAttachPolicy => &cluster_attach_policy::ClusterAttachPolicy,
        ActionKind::ClusterDetachPolicy => &cluster_detach_policy::ClusterDetachPolicy,
        ActionKind::ClusterUpdatePolicy => &cluster_update_policy::ClusterUpdatePolicy,
        _ => return None,
    })
}

/// The decisions of this kind of action; none for those that nodes' actions are.
pub(crate) fn on_cluster(kind: ActionKind) -> Option<&'static dyn ClusterAction> {
    Some(match kind {
        ActionKind::ClusterCreate => &cluster_create::ClusterCreate,
        ActionKind::ClusterDelete => &cluster_delete::ClusterDelete,
        ActionKind::ClusterUpdate => &cluster_update::ClusterUpdate,
        ActionKind::ClusterAddNodes => &cluster_add_nodes::ClusterAddNodes,
        ActionKind::ClusterDelNodes => &cluster_del_nodes::ClusterDelNodes,
        ActionKind::ClusterReplaceNodes => &cluster_replace_nodes::ClusterReplaceNodes,
        ActionKind::ClusterResize => &cluster_resize::ClusterResize,
        ActionKind::ClusterScaleOut => &cluster_scale_out::ClusterScaleOut,
        ActionKind::ClusterScaleIn => &cluster_scale_in::ClusterScaleIn,
        ActionKind::ClusterCheck => &cluster_check::ClusterCheck,
        ActionKind::ClusterRecover => &cluster_recover::ClusterRecover,
        ActionKind::ClusterOperation => &cluster_operation::ClusterOperation,
        _ => return None,
    })
}

/// The policy that an action's inputs name.
pub(crate) fn named_policy(action: &Action) -> Option<PolicyId> {
    action.inputs.get("policy_id")?.as_str()?.parse().ok()
}

/// The policy that an action's inputs name, if the cluster has it.
pub(crate) fn attached_policy(now: &Situation<'_>) -> Result<PolicyId, Refused> {
    let attached = |id: &PolicyId| now.bindings.iter().any(|binding| binding.policy_id == *id);
    named_policy(now.action).filter(attached).ok_or_else(|| Refused {
        cluster: Box::new(now.cluster.clone()),
        reason: "Policy not attached.".to_owned(),
    })
}

/// Most bytes of parameters that an action hands on to the actions on nodes that it derives: each of those
/// carries them, and many are recorded as one.
const LONGEST_PARAMETERS: usize = 4096;

/// The parameters that an action hands on to every node it works on.
pub(crate) fn handed_on(now: &Situation<'_>, key: &str) -> Result<JsonMap, Refused> {
    let parameters = now.action.inputs.get(key).and_then(serde_json::Value::as_object).cloned();
    let parameters = parameters.unwrap_or_default();
    let length = serde_json::to_string(&parameters).map_or(usize::MAX, |text| text.len());
    if length > LONGEST_PARAMETERS {
        let reason =
            format!("{key} takes {length} bytes, and {LONGEST_PARAMETERS} is the most for many nodes.");
        return Err(Refused { cluster: Box::new(now.cluster.clone()), reason });
    }
    Ok(parameters)
}

/// The ids that a list in an action's inputs names, each once; what is none is left out, and so not found.
pub(crate) fn named_nodes(action: &Action, key: &str) -> Vec<NodeId> {
    let list = action.inputs.get(key).and_then(serde_json::Value::as_array);
    let mut seen = HashSet::new();
    let ids = list.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok());
    ids.filter(|id| seen.insert(*id)).collect()
}

impl Situation<'_> {
    /// How many nodes the cluster has, whatever their state.
    fn count(&self) -> i64 {
        i64::try_from(self.members.len()).unwrap_or(i64::MAX)
    }

    /// What becomes of nodes that leave the cluster: what the deletion policy says, or else as asked.
    fn removal(&self, destroy: bool) -> Job {
        let decided = self.decided.deletion.as_ref().and_then(|deletion| deletion.manner);
        if decided.map_or(destroy, |manner| manner.destroy_after_deletion) { Job::Remove } else { Job::Leave }
    }

    /// The cluster with its status evaluated (spec engine-cluster §2).
    pub(crate) fn evaluated(&self) -> Cluster {
        let (status, status_reason) = judged(history::subject(self.action), self.members, self.cluster);
        Cluster { status, status_reason, ..self.cluster.clone() }
    }

    /// Whether the action's work on this member failed.
    fn failed(&self, member: &Member) -> bool {
        member.failed_for == Some(self.action.id)
    }

    /// What went wrong with the nodes of this plan, if anything did.
    fn failure(&self, plan: &Plan) -> Option<String> {
        if plan.creation.as_ref().is_some_and(|creation| !self.made(creation)) {
            return Some("Failed in creating nodes.".to_owned());
        }
        let assignment = plan.assignment.as_ref()?;
        let label = self.action.label();
        let removing = matches!(assignment.job, Job::Remove | Job::Leave);
        self.fell_short(assignment).then(|| match removing {
            true => format!("Failed in deleting nodes: {label} failed"),
            false => format!("{label} failed"),
        })
    }

    /// Whether an assignment has not been done for every node. Members may have come and gone beside it.
    fn fell_short(&self, assignment: &Assignment) -> bool {
        !assignment.registered()
            || match assignment.job {
                Job::Join { index, .. } => {
                    let count = i64::try_from(assignment.count).unwrap_or(i64::MAX);
                    let given = index..index.saturating_add(count);
                    let joined = self.members.iter().filter(|member| given.contains(&member.index)).count();
                    joined < assignment.count
                }
                _ => self.members.iter().any(|member| self.failed(member)),
            }
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
        let status = if failure.is_none() { ActionStatus::Succeeded } else { ActionStatus::Failed };
        Ending::new(Some(self.evaluated()), status, failure.unwrap_or_else(|| success.to_owned()))
    }
}
