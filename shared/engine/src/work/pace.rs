//! How the nodes of a plan are paced: after a while, in batches, with pauses in between, and held up by hooks
//! (spec engine-policies §3, §8, engine-actions §11). Nothing waits for any of it: an action that may not go
//! on is parked.

use super::is_zero;
use coppice_domain::policies::Data;
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How a plan's nodes are paced. By default all at once, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// No node is registered before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<Timestamp>,
    /// Until when nodes had a grace period: the time that the action may take begins then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grace_until: Option<Timestamp>,
    /// How many at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) batches: Option<Batches>,
    /// Who is asked before a node goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hook: Option<Hook>,
    /// After how many nodes the last pause was made.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) rested_after: usize,
}

/// A batch is begun when the one before is through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Batches {
    /// Nodes in each; at least one.
    pub(crate) size: usize,
    /// Seconds between two.
    pub(crate) pause: u64,
    /// Whether a batch of which a node failed is the last.
    pub(crate) ends_on_failure: bool,
}

/// A lifecycle hook: before a node goes its owner is told, and may take its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hook {
    /// The queue that the owner reads.
    pub(crate) queue: String,
    /// Seconds after which a node goes though nobody has said that it may.
    pub(crate) timeout: u64,
    /// How many nodes' owners have been told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) told: usize,
    /// When the first of the latest batch was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) told_at: Option<Timestamp>,
    /// How many nodes were registered then.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) told_of: usize,
}

impl Hook {
    /// The lifecycle hook that a deletion policy asks for. One without a queue tells nobody.
    pub(crate) fn decided(data: &Data) -> Option<Self> {
        let hooks = data.hooks.as_ref().filter(|hooks| !hooks.queue.is_empty())?;
        Some(Self { queue: hooks.queue.clone(), timeout: hooks.timeout, told: 0, told_at: None, told_of: 0 })
    }

    /// When the hook's time is up; none before anybody was told.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.told_at.map(|told| told.plus(Duration::from_secs(self.timeout)))
    }
}

impl Pace {
    /// How many more nodes may be registered now, of which `begun` are registered and `pending` are being
    /// worked on.
    pub(super) fn room(&self, begun: usize, pending: usize, now: Timestamp) -> usize {
        if self.not_before.is_some_and(|moment| moment > now) {
            return 0;
        }
        let Some(Batches { size, .. }) = self.batches else { return usize::MAX };
        let size = size.max(1);
        match begun % size {
            0 if begun > 0 && (pending > 0 || self.pauses_after(begun)) => 0,
            into => size - into,
        }
    }

    /// Until when the next batch waits, once the one before is through: begins the pause if it is due.
    pub(super) fn rest(&mut self, begun: usize, now: Timestamp) -> Option<Timestamp> {
        if self.pauses_after(begun) {
            let pause = self.batches.map_or(0, |batches| batches.pause);
            self.rested_after = begun;
            self.not_before = Some(now.plus(Duration::from_secs(pause)));
        }
        self.not_before.filter(|moment| *moment > now)
    }

    /// Whether a pause is due after `begun` nodes and has not been begun.
    fn pauses_after(&self, begun: usize) -> bool {
        self.rested_after < begun
            && self
                .batches
                .is_some_and(|batches| batches.pause > 0 && begun.is_multiple_of(batches.size.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn batches(size: usize, pause: u64) -> Pace {
        Pace { batches: Some(Batches { size, pause, ends_on_failure: true }), ..Pace::default() }
    }

    #[test]
    fn without_a_pace_all_go_at_once() {
        assert_eq!(Pace::default().room(0, 0, NOW), usize::MAX);
        assert_eq!(Pace::default().room(7, 7, NOW), usize::MAX);
        assert_eq!(Pace::default().rest(7, NOW), None);
    }

    #[test]
    fn nothing_begins_before_its_time() {
        let later = NOW.plus(Duration::from_secs(1));
        let mut pace = Pace { not_before: Some(later), ..Pace::default() };
        assert_eq!(pace.room(0, 0, NOW), 0);
        assert_eq!(pace.rest(0, NOW), Some(later));
        assert_eq!(pace.room(0, 0, later), usize::MAX);
        assert_eq!(pace.rest(0, later), None);
    }

    #[test]
    fn engine_actions_5_act_8_a_batch_begins_when_the_one_before_is_through() {
        let pace = batches(3, 0);
        for (begun, pending, room) in [(0, 0, 3), (2, 2, 1), (3, 3, 0), (3, 1, 0), (3, 0, 3), (4, 1, 2)] {
            assert_eq!(pace.room(begun, pending, NOW), room, "{begun} begun, {pending} pending");
        }
    }

    #[test]
    fn clu_20_between_two_batches_there_is_one_pause() {
        let mut pace = batches(2, 60);
        assert_eq!(pace.room(0, 0, NOW), 2);
        // Through, but not rested.
        assert_eq!(pace.room(2, 0, NOW), 0);
        let until = NOW.plus(Duration::from_secs(60));
        assert_eq!(pace.rest(2, NOW), Some(until));
        // Asked again it is the same pause.
        assert_eq!(pace.rest(2, NOW.plus(Duration::from_secs(59))), Some(until));
        assert_eq!(pace.room(2, 0, NOW.plus(Duration::from_secs(59))), 0);
        assert_eq!(pace.rest(2, until), None);
        assert_eq!(pace.room(2, 0, until), 2);
        assert_eq!(pace.room(4, 0, until), 0);
    }

    #[test]
    fn a_size_of_nothing_is_one() {
        assert_eq!(batches(0, 0).room(0, 0, NOW), 1);
    }
}
