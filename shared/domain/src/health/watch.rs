//! How far looking after a cluster is: what is kept with its health policy between two runs, and what a round
//! comes to. Nothing here grows with the cluster.

use super::breaker::{Limits, Permit, Toll, permit};
use super::due::next_due;
use super::exam::Exam;
use super::tally::Tally;
use crate::ids::{ActionId, ClusterId, NodeId, derive};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The sick that one round remembers: more than can be recovered at a time. The others are left for the next.
pub const MOST_SICK: usize = 64;
/// Most characters that are kept of why one is sick.
const LONGEST_REASON: usize = 100;
/// Nodes that may wait to be polled again before more are looked at.
pub const MOST_WAITING: usize = 100;

/// What is kept with a policy that looks after a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Where the grid of its rounds begins.
    pub since: Timestamp,
    /// When there is something to do next; none while nothing is: where nodes are not looked at, but events
    /// tell of them.
    pub due: Option<Timestamp>,
    /// The round under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// Recoveries that began lately.
    #[serde(default)]
    pub recoveries: Tally,
    /// What stood in the way of recoveries when this was last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Obstacle>,
}

/// One look at all members, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// When it was due, which tells it from others.
    pub at: Timestamp,
    /// The last member that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<NodeId>,
    /// Whether there are no more.
    #[serde(default)]
    pub complete: bool,
    /// Members so far.
    #[serde(default)]
    pub members: u64,
    /// Those found sick.
    #[serde(default)]
    pub sick: u64,
    /// Those that are being recovered.
    #[serde(default)]
    pub ailing: u64,
    /// Those that would count as sick, had they not changed a moment ago.
    #[serde(default)]
    pub spared: u64,
    /// The sick to recover, [`MOST_SICK`] at most, and why.
    #[serde(default)]
    pub list: Vec<(NodeId, String)>,
    /// Those to be polled again, fewer than [`MOST_WAITING`] and a slice more.
    #[serde(default)]
    pub waiting: Vec<(NodeId, Exam)>,
    /// When that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Timestamp>,
    /// How many are to be recovered, once that is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// Whether the sick on the list could not be recovered before, so that they may be well by now.
    #[serde(default)]
    pub tried: bool,
}

/// What was decided about the sick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// How many of the list are recovered: the first.
    pub count: usize,
    /// Why not all of them are recovered, if so.
    pub limited: Option<String>,
}

/// What stands in the way of recovering the sick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// So many are sick, or were recovered, that none is.
    Breaker,
    /// An action holds the cluster or its nodes.
    Held,
    /// Some are recovered, and no more may be.
    Limited,
    /// They changed a moment ago.
    Grace,
}

/// What is said about obstacles, once each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// In words.
    pub text: String,
    /// Whether the way is free again.
    pub cleared: bool,
    /// Whether the cluster says so, too.
    pub shown: bool,
}

/// What a round comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Some are recovered, and then the round ends.
    Recover(Decided),
    /// Nobody is; what stands in the way, if anything.
    Rest(Option<(Obstacle, String)>),
}

impl Watch {
    /// The watch over a cluster from now on. Where nodes are looked at the first round is at once.
    #[must_use]
    pub fn new(now: Timestamp, looks: bool) -> Self {
        let due = looks.then_some(now);
        Self { since: now, due, round: None, recoveries: Tally::default(), told: None }
    }

    /// The same after a round has ended, or was called off.
    #[must_use]
    pub fn rested(&self, interval: Duration, now: Timestamp) -> Self {
        Self { round: None, due: Some(next_due(self.since, interval, now)), ..self.clone() }
    }

    /// Notes what stands in the way now, and says what is to be told: a new obstacle, and that the breaker let
    /// go. What has been told is not told again.
    pub fn tell(&mut self, now: Option<(Obstacle, String)>) -> Option<Telling> {
        let before = std::mem::replace(&mut self.told, now.as_ref().map(|(obstacle, _)| *obstacle));
        if before == self.told {
            return None;
        }
        let was_stopped = before == Some(Obstacle::Breaker);
        match now {
            Some((obstacle, reason)) => {
                let whom =
                    if obstacle == Obstacle::Limited { "Not all sick members" } else { "Sick members" };
                let verb = if obstacle == Obstacle::Limited { "are" } else { "are not" };
                let text = format!("{whom} {verb} recovered: {reason}");
                let shown = was_stopped || obstacle == Obstacle::Breaker;
                Some(Telling { text, cleared: false, shown })
            }
            None if was_stopped => {
                let text = "Sick members are recovered again.".to_owned();
                Some(Telling { text, cleared: true, shown: true })
            }
            None => None,
        }
    }
}

impl Round {
    /// A round that begins.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self {
            at,
            after: None,
            complete: false,
            members: 0,
            sick: 0,
            ailing: 0,
            spared: 0,
            list: Vec::new(),
            waiting: Vec::new(),
            again: None,
            decided: None,
            tried: false,
        }
    }

    /// Notes a sick member, and why it is: of a long reason the beginning.
    pub fn found_sick(&mut self, node: NodeId, reason: &str) {
        self.sick += 1;
        if self.list.len() < MOST_SICK && !self.list.iter().any(|(listed, _)| *listed == node) {
            self.list.push((node, reason.chars().take(LONGEST_REASON).collect()));
        }
    }

    /// What is said of those that are spared.
    #[must_use]
    pub fn left_alone(&self) -> String {
        format!("{} changed a moment ago, and are left alone still.", self.spared)
    }

    /// Whether every member has been looked at to the end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.complete && self.waiting.is_empty()
    }

    /// What it comes to, given how many recoveries began within the window. Those that are being recovered
    /// count as sick where it is asked how many are.
    #[must_use]
    pub fn outcome(&self, limits: &Limits, recent: u64) -> Outcome {
        if self.sick == 0 {
            return Outcome::Rest((self.spared > 0).then(|| (Obstacle::Grace, self.left_alone())));
        }
        let toll = Toll { members: self.members, sick: self.sick + self.ailing, recent };
        match permit(limits, &toll) {
            Permit::Stop { reason } => Outcome::Rest(Some((Obstacle::Breaker, reason))),
            Permit::Allow { most, reason } => {
                let count = usize::try_from(most).unwrap_or(usize::MAX).min(self.list.len());
                Outcome::Recover(Decided { count, limited: reason.filter(|_| most < self.sick) })
            }
        }
    }

    /// The action that recovers a node in this round, however often and by whomever it is started.
    #[must_use]
    pub fn recovery(&self, cluster: ClusterId, node: NodeId) -> ActionId {
        ActionId::derived_for(self.namespace(cluster), "recover", node.uuid())
    }

    /// The namespace of what this round records once.
    #[must_use]
    pub fn namespace(&self, cluster: ClusterId) -> ActionId {
        ActionId::new(derive(cluster.uuid(), "health round", &self.at.micros().to_be_bytes()))
    }
}

#[cfg(test)]
mod tests;
