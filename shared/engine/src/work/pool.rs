//! How the nodes of a plan leave a load balancer's pool before anything happens to them, or join it after.

use super::is_zero;
use coppice_domain::cluster::Sizes;
use coppice_domain::ids::NodeId;
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where the nodes of a plan stand with the pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pooled {
    /// Those that are to be taken out have yet to leave; what the cluster's sizes were before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) leaving: Option<Sizes>,
    /// How many have been dealt with of those that leave.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) left: usize,
    /// Whether those that come join, in the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) joins: bool,
    /// How many have been dealt with of those that join.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) joined: usize,
    /// Those that could not leave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) stuck: Vec<NodeId>,
    /// Why nothing is taken out after all: those that have left join again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<String>,
    /// When the plan was made.
    pub(crate) begun: Timestamp,
    /// When something last moved.
    pub(crate) since: Timestamp,
}

/// The longest list of nodes that failed (invariant 6).
const LONGEST: usize = 200;

impl Pooled {
    /// Nobody has left or joined yet.
    pub(crate) fn new(leaving: Option<Sizes>, joins: bool, now: Timestamp) -> Self {
        let (stuck, refused) = (Vec::new(), None);
        Self { leaving, left: 0, joins, joined: 0, stuck, refused, begun: now, since: now }
    }

    /// One more has been dealt with.
    pub(crate) fn one_left(&mut self, stuck: Option<NodeId>, now: Timestamp) {
        note(&mut self.stuck, stuck);
        self.left += 1;
        self.since = now;
    }

    /// One more has been dealt with.
    pub(crate) fn one_joined(&mut self, now: Timestamp) {
        self.joined += 1;
        self.since = now;
    }

    /// Whether nothing has moved for as long as the policy allows.
    pub(crate) fn is_stuck(&self, patience: Duration, now: Timestamp) -> bool {
        now.since(self.since) > patience
    }
}

/// Adds a node to a list of those that failed, as long as it is short.
pub(crate) fn note(failed: &mut Vec<NodeId>, node: Option<NodeId>) {
    if failed.len() < LONGEST {
        failed.extend(node);
    }
}
