//! How far a load balancer in front of a cluster is built, or taken down.

use super::is_zero;
use coppice_compute::balancer::Front;
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A front that an action builds, or takes down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fronting {
    /// What is known of it.
    #[serde(default)]
    pub(crate) front: Front,
    /// What is done next.
    pub(crate) stage: Stage,
    /// When the first stage began.
    pub(crate) begun: Timestamp,
    /// When something last moved.
    pub(crate) since: Timestamp,
    /// The index of the last member that the stage has dealt with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) upto: i64,
    /// Why all of it is taken down again, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
}

/// The stages of a front, in the order in which they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// What an earlier attempt has left, and nobody has found yet, is deleted.
    Clean,
    /// The parts are made.
    Build,
    /// The members of the cluster become members of the pool.
    Enlist,
    /// The parts are deleted, and members from a user's pool.
    Dismantle,
    /// Nodes forget what they were members of.
    Dismiss,
}

impl Fronting {
    /// One that begins with this stage.
    pub(crate) fn new(stage: Stage, front: Front, now: Timestamp) -> Self {
        Self { front, stage, begun: now, since: now, upto: 0, failure: None }
    }

    /// Goes on with another stage.
    pub(crate) fn enter(&mut self, stage: Stage, now: Timestamp) {
        self.stage = stage;
        self.since = now;
        self.upto = 0;
    }

    /// Takes everything down again, for this reason, which is the first there was.
    pub(crate) fn fail(&mut self, reason: &str, now: Timestamp) {
        if self.failure.is_none() {
            self.failure = Some(reason.to_owned());
            self.enter(Stage::Dismantle, now);
        }
    }

    /// Whether nothing has moved for as long as the policy allows. Who has no patience with a balancer that is
    /// to be ready has some with one that is to go.
    pub(crate) fn is_stuck(&self, patience: Duration, now: Timestamp) -> bool {
        let goes = matches!(self.stage, Stage::Clean | Stage::Dismantle | Stage::Dismiss);
        now.since(self.since) > if goes { patience.max(GOING) } else { patience }
    }
}

/// The least time that a front is given to go.
const GOING: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    #[test]
    fn the_first_failure_is_the_one_that_is_told() {
        let mut fronting = Fronting::new(Stage::Build, Front::default(), NOW);
        fronting.upto = 7;
        fronting.fail("one", NOW);
        fronting.enter(Stage::Dismiss, NOW);
        fronting.fail("another", NOW);
        assert_eq!((fronting.failure.as_deref(), fronting.stage), (Some("one"), Stage::Dismiss));
        assert_eq!(fronting.upto, 0);
    }

    #[test]
    fn patience_is_for_each_step() {
        let mut fronting = Fronting::new(Stage::Build, Front::default(), NOW);
        let later = NOW.plus(Duration::from_secs(10));
        assert!(!fronting.is_stuck(Duration::from_secs(10), later));
        assert!(fronting.is_stuck(Duration::from_secs(9), later));
        fronting.enter(Stage::Enlist, later);
        assert!(!fronting.is_stuck(Duration::from_secs(9), later));
        fronting.enter(Stage::Dismantle, NOW);
        assert!(!fronting.is_stuck(Duration::from_secs(9), later));
        assert!(fronting.is_stuck(Duration::from_secs(9), NOW.plus(Duration::from_secs(301))));
    }
}
