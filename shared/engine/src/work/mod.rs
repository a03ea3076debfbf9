//! The engine's plan for one action: decided once, saved with the step that begins it, and carried out
//! to the letter however often a worker dies.

mod front;
mod pace;
mod placement;
mod pool;

pub(crate) use front::{Fronting, Stage};
pub(crate) use pace::{Batches, Hook, Pace};
pub(crate) use placement::Placement;
pub(crate) use pool::{Pooled, note};

use crate::jobs::Job;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ActionId, NodeId, PolicyId};
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What an action carries from claim to claim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Work {
    /// The action this one took its target over from (deletion only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) supersedes: Option<ActionId>,
    /// The plan of the present phase, once made. An action on a node has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<Plan>,
    /// Which phase the plan is for, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) phase: u32,
    /// Whether an action on a node has begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) begun: bool,
    /// Polls since something last changed.
    #[serde(default)]
    pub(crate) polls: u32,
    /// The policies whose cooldown begins when the action ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) counts: Vec<PolicyId>,
    /// What policies decided about an action on a node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decided: Option<Decided>,
    /// The load balancer that is built or taken down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) front: Option<Fronting>,
    /// How the job of an action on a node went that has yet to join the pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) made: Option<Made>,
    /// Nodes that should have joined the pool and could not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unpooled: Vec<NodeId>,
    /// The hook that holds up an action on a node, before it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hook: Option<Hook>,
}

impl Work {
    /// As it is saved with the action.
    ///
    /// # Errors
    /// When it cannot be written down, which no plan is known to cause.
    pub(crate) fn saved(&self) -> Result<Value, StoreError> {
        serde_json::to_value(self).map_err(|cause| StoreError::Corrupt(cause.to_string()))
    }
}

/// What policies decided about an action on a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Decided {
    /// The job waits until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<Timestamp>,
    /// Whether the cluster's desired capacity stays as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) keeps_capacity: bool,
    /// The pool of its cluster's load balancer, which the node has yet to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) leaves: Option<Leaving>,
}

/// A pool that a node leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leaving {
    /// The pool.
    pub(crate) pool: String,
    /// The name of the policy.
    pub(crate) policy: String,
    /// Since when.
    pub(crate) since: Timestamp,
    /// Seconds that it may take.
    pub(crate) patience: u64,
}

/// How the job of an action on a node went that has yet to join the pool: it is not done again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Made {
    /// Why the node is active.
    pub(crate) reason: String,
    /// Its instance, if that is another than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<String>,
    /// What the job and policies left on it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<JsonMap>,
    /// Whether its instance was found well and left alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) spares: bool,
    /// When it was made.
    pub(crate) since: Timestamp,
}

impl Work {
    /// Whether an action with this plan undoes what it has begun: it goes on with that when it is cancelled.
    pub(crate) fn undoes(work: &serde_json::Value) -> bool {
        work["front"]["failure"].is_string() || work["plan"]["pool"]["refused"].is_string()
    }
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

/// What is to be done to the nodes of a cluster, in one phase of an action.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Nodes to make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) creation: Option<Creation>,
    /// Nodes to work on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assignment: Option<Assignment>,
    /// How they are paced.
    #[serde(flatten)]
    pub(crate) pace: Pace,
    /// Where made nodes are placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) placement: Option<Placement>,
    /// How its nodes stand with the pool of the cluster's load balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pool: Option<Pooled>,
}

/// Nodes to make: all that follows is derived from the action and the place in the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Creation {
    /// How many.
    pub(crate) count: u64,
    /// The index of the first.
    pub(crate) first_index: i64,
    /// How many are registered.
    pub(crate) registered: u64,
    /// The time all of them are listed under.
    pub(crate) at: Timestamp,
}

/// Nodes to work on, all in the same way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Assignment {
    /// What is to be done to each.
    pub(crate) job: Job,
    /// Which, when they are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) nodes: Vec<Uuid>,
    /// Where the parts are that hold them, when they are many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parts: Option<String>,
    /// How many there are.
    pub(crate) count: usize,
    /// How many are registered.
    pub(crate) registered: usize,
    /// The time of the plan.
    pub(crate) at: Timestamp,
    /// What is done to the same nodes after this, a phase each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) then: Vec<Job>,
}

/// Most nodes a plan names in place; more are kept in parts (invariant 6).
pub(crate) const IN_PLACE: usize = 200;

impl Creation {
    /// The id of the node at `place`.
    pub(crate) fn node(action: ActionId, place: u64) -> NodeId {
        NodeId::derived(action, "node", place)
    }

    /// Whether every node is registered.
    pub(crate) const fn registered(&self) -> bool {
        self.registered >= self.count
    }
}

impl Assignment {
    /// The phase after this one, if the same nodes have one.
    pub(crate) fn following(&self, now: Timestamp) -> Option<Self> {
        let (job, then) = self.then.split_first()?;
        Some(Self { job: job.clone(), then: then.to_vec(), registered: 0, at: now, ..self.clone() })
    }

    /// Whether every node is registered.
    pub(crate) const fn registered(&self) -> bool {
        self.registered >= self.count
    }
}

impl Plan {
    /// Whether every node to be made or worked on is registered.
    pub(crate) fn registered(&self) -> bool {
        self.creation.as_ref().is_none_or(Creation::registered)
            && self.assignment.as_ref().is_none_or(Assignment::registered)
    }

    /// How many nodes are registered.
    fn begun(&self) -> usize {
        let made = self.creation.map_or(0, |creation| creation.registered);
        let assigned = self.assignment.as_ref().map_or(0, |assignment| assignment.registered);
        usize::try_from(made).unwrap_or(usize::MAX).saturating_add(assigned)
    }

    /// How many more nodes may be registered now, while this many are being worked on.
    pub(crate) fn room(&self, pending: usize, now: Timestamp) -> usize {
        self.pace.room(self.begun(), pending, now)
    }

    /// Until when nothing more is registered, once no node is being worked on. Begins the pause that is due.
    pub(crate) fn rest(&mut self, now: Timestamp) -> Option<Timestamp> {
        let begun = self.begun();
        self.pace.rest(begun, now)
    }
}
