//! What is stored of a simulated instance, and what it shows at a given time.

use crate::instance::{Instance, InstanceState};
use crate::request::{CreateRequest, Tags, Token};
use coppice_domain::cluster::JsonMap;
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// When a deletion was accepted, and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Accepted at.
    pub accepted_at: Timestamp,
    /// Gone from.
    pub gone_at: Timestamp,
}

/// A change that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Its token.
    pub token: Token,
    /// Accepted at.
    pub accepted_at: Timestamp,
    /// Done from.
    pub done_at: Timestamp,
}

/// Whether an instance runs, in Nova's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Power {
    #[default]
    Active,
    Shutoff,
    Paused,
    Suspended,
    Rescue,
}

/// The facts about one simulated instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Counts the changes of this record; a write names the version it has read.
    pub version: u64,
    /// Which call of its process made it: tells a creation sent again by the network layer from
    /// another creation.
    pub call: u64,
    /// Its name.
    pub name: String,
    /// Its origin.
    pub tags: Tags,
    /// What it was made from; empty once it is settled.
    pub spec: JsonMap,
    /// Its metadata; empty once it is settled.
    pub metadata: JsonMap,
    /// Accepted at.
    pub created_at: Timestamp,
    /// Active, or in error, from.
    pub ready_at: Timestamp,
    /// Why it ends in error, if it does.
    pub error: Option<String>,
    /// How old the answers about it are, where that is not the backend's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staleness: Option<Duration>,
    /// How long its changes take.
    #[serde(default)]
    pub change: Duration,
    /// The latest changes, the last one at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Changed>,
    /// Whether it runs.
    #[serde(default)]
    pub power: Power,
    /// How long its deletion takes.
    pub deletion: Duration,
    /// Its deletion, once accepted.
    pub departure: Option<Departure>,
    /// Gone for so long that no answer may show it: only its id is still kept, so that its token stays
    /// spent.
    pub settled: bool,
    /// The limits it is counted in, until it is settled.
    pub holds: Vec<String>,
}

/// How long the token of a gone instance stays spent.
const TOKEN_RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

impl Record {
    /// The facts about an instance accepted `now`, which builds for `build` and is deleted in `deletion`.
    pub(super) fn accepted(
        id: String,
        call: u64,
        request: &CreateRequest,
        now: Timestamp,
        build: Duration,
        deletion: Duration,
    ) -> Self {
        Self {
            id,
            version: 0,
            call,
            name: request.name.clone(),
            tags: request.tags.clone(),
            spec: request.spec.clone(),
            metadata: request.metadata.clone(),
            created_at: now,
            ready_at: now.plus(build),
            error: None,
            staleness: None,
            change: Duration::ZERO,
            changes: Vec::new(),
            power: Power::Active,
            deletion,
            departure: None,
            settled: false,
            holds: Vec::new(),
        }
    }

    /// Its state at a time; none before it was accepted and after it was gone.
    #[must_use]
    pub fn state_at(&self, time: Timestamp) -> Option<InstanceState> {
        if time < self.created_at || self.gone_at(time) {
            return None;
        }
        if self.departure.is_some_and(|departure| departure.accepted_at <= time) {
            return Some(InstanceState::Deleting);
        }
        Some(match &self.error {
            _ if time < self.ready_at || self.changing_at(time) => InstanceState::Building,
            Some(message) => InstanceState::Error { message: message.clone() },
            None if matches!(self.power, Power::Active | Power::Rescue) => InstanceState::Active,
            None => InstanceState::Stopped,
        })
    }

    /// What it shows at a time.
    #[must_use]
    pub fn instance_at(&self, time: Timestamp) -> Option<Instance> {
        self.state_at(time).map(|state| self.instance_in(state))
    }

    /// What it shows in a state.
    pub(super) fn instance_in(&self, state: InstanceState) -> Instance {
        Instance {
            id: self.id.clone(),
            name: self.name.clone(),
            state,
            tags: Some(self.tags.clone()),
            created_at: self.created_at,
        }
    }

    /// Whether a change is under way at a time.
    #[must_use]
    pub fn changing_at(&self, time: Timestamp) -> bool {
        self.changes.last().is_some_and(|last| last.accepted_at <= time && time < last.done_at)
    }

    /// Whether its deletion has ended by a time.
    #[must_use]
    pub fn gone_at(&self, time: Timestamp) -> bool {
        self.departure.is_some_and(|departure| departure.gone_at <= time)
    }

    /// When the record may be forgotten; none while it matters.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        let forgettable = self.holds.is_empty();
        self.departure.filter(|_| forgettable).map(|departure| departure.gone_at.plus(TOKEN_RETENTION))
    }

    /// The record after a deletion accepted `now`; unchanged if one was accepted before.
    pub(super) fn departing(mut self, now: Timestamp) -> Self {
        let departure = Departure { accepted_at: now, gone_at: now.plus(self.deletion) };
        self.departure.get_or_insert(departure);
        self
    }

    /// The record after no answer may show it any more.
    pub(super) fn settling(mut self) -> Self {
        self.settled = true;
        self.holds.clear();
        self.spec.clear();
        self.metadata.clear();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::request;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn record(build: u64, deletion: u64) -> Record {
        let (build, deletion) = (Duration::from_secs(build), Duration::from_secs(deletion));
        Record::accepted("i".to_owned(), 0, &request(1, 1), at(10), build, deletion)
    }

    #[test]
    fn state_follows_from_the_facts_and_the_clock() {
        let failing = Record { error: Some("broken".to_owned()), ..record(5, 3) };
        let departing = record(5, 3).departing(at(20));
        let error = InstanceState::Error { message: "broken".to_owned() };
        for (record, time, state) in [
            (&departing, 9, None),
            (&departing, 10, Some(InstanceState::Building)),
            (&departing, 14, Some(InstanceState::Building)),
            (&departing, 15, Some(InstanceState::Active)),
            (&departing, 19, Some(InstanceState::Active)),
            (&departing, 20, Some(InstanceState::Deleting)),
            (&departing, 22, Some(InstanceState::Deleting)),
            (&departing, 23, None),
            (&failing, 14, Some(InstanceState::Building)),
            (&failing, 15, Some(error)),
        ] {
            assert_eq!(record.state_at(at(time)), state, "at {time}");
        }
    }

    #[test]
    fn without_delays_an_instance_is_active_at_once_and_gone_at_once() {
        let record = record(0, 0);
        assert_eq!(record.state_at(at(10)), Some(InstanceState::Active));
        assert_eq!(record.departing(at(10)).state_at(at(10)), None);
    }

    #[test]
    fn an_instance_can_be_deleted_while_it_builds() {
        assert_eq!(record(60, 3).departing(at(11)).state_at(at(12)), Some(InstanceState::Deleting));
    }

    #[test]
    fn a_second_deletion_does_not_move_the_first() {
        let once = record(0, 5).departing(at(20));
        assert_eq!(once.clone().departing(at(24)), once);
    }

    #[test]
    fn a_record_is_forgotten_only_when_it_is_gone_and_counted_nowhere() {
        let held = Record { holds: vec!["capacity".to_owned()], ..record(0, 0) };
        assert_eq!(held.expires_at(), None);
        let gone = held.departing(at(20));
        assert_eq!(gone.expires_at(), None);
        assert_eq!(gone.settling().expires_at(), Some(at(20).plus(TOKEN_RETENTION)));
    }
}
