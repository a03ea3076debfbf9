//! What is stored of a part, and what it shows at a given time.

use super::super::record::Departure;
use super::store::Shelf;
use crate::balancer::{Origin, Part, PartKind, PartState};
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A span in which a balancer takes no change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engaged {
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// The facts about one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    /// Its id.
    pub id: String,
    /// Counts the changes of this record; a write names the version it has read.
    pub version: u64,
    /// Which call of its process made it: tells a creation sent again by the network layer from another one.
    pub call: u64,
    /// What it is.
    pub kind: PartKind,
    /// Its name.
    pub name: String,
    /// What it is in.
    pub within: Option<String>,
    /// The balancer it is part of; none for a balancer.
    pub balancer: Option<String>,
    /// Its origin; none for what users have.
    pub origin: Option<Origin>,
    /// The address it is reached at.
    pub address: Option<String>,
    /// The instance that a member is.
    pub instance: Option<String>,
    /// Accepted at.
    pub created_at: Timestamp,
    /// Active, or in error, from.
    pub ready_at: Timestamp,
    /// Why it ends in error, if it does.
    pub error: Option<String>,
    /// When a balancer is busy with its parts.
    pub engaged: Option<Engaged>,
    /// Its deletion, once accepted.
    pub departure: Option<Departure>,
}

/// How long the record of a part that is gone is kept.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

impl PartRecord {
    /// Its state at a time; none before it was accepted and after it was gone.
    #[must_use]
    pub fn state_at(&self, time: Timestamp) -> Option<PartState> {
        if time < self.created_at || self.gone_at(time) {
            return None;
        }
        if self.departure.is_some_and(|departure| departure.accepted_at <= time) {
            return Some(PartState::Deleting);
        }
        let engaged = self.engaged.is_some_and(|span| span.from <= time && time < span.until);
        Some(match &self.error {
            _ if time < self.ready_at || engaged => PartState::Pending,
            Some(message) => PartState::Error { message: message.clone() },
            None => PartState::Active,
        })
    }

    /// Whether its own deletion has ended by a time.
    #[must_use]
    pub fn gone_at(&self, time: Timestamp) -> bool {
        self.departure.is_some_and(|departure| departure.gone_at <= time)
    }

    /// What it shows at a time.
    #[must_use]
    pub fn part_at(&self, time: Timestamp) -> Option<Part> {
        let state = self.state_at(time)?;
        Some(Part {
            kind: self.kind,
            id: self.id.clone(),
            name: self.name.clone(),
            within: self.within.clone(),
            state,
            origin: self.origin.clone(),
            address: self.address.clone(),
            instance: self.instance.clone(),
            created_at: self.created_at,
        })
    }

    /// Where it is looked for.
    #[must_use]
    pub fn shelves(&self) -> Vec<Shelf> {
        let mut shelves: Vec<Shelf> = self.within.clone().map(Shelf::Within).into_iter().collect();
        match (&self.origin, &self.within, &self.instance) {
            (_, Some(pool), Some(instance)) => {
                shelves.push(Shelf::Instance { pool: pool.clone(), instance: instance.clone() });
            }
            (Some(origin), _, None) => {
                shelves.push(Shelf::Origin(origin.clone()));
                let (name, from) = (origin.deployment.clone(), self.created_at);
                shelves.push(Shelf::Deployment { name, from, before: from.plus(Duration::from_micros(1)) });
            }
            (None, _, None) | (_, None, Some(_)) => {}
        }
        shelves
    }

    /// When it may be forgotten; none while it is there.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.departure.map(|departure| departure.gone_at.plus(RETENTION))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::part_record;

    #[test]
    fn state_follows_from_the_facts_and_the_clock() {
        let start = part_record(1, false).created_at;
        let at = |seconds| start.plus(Duration::from_secs(seconds));
        let record = PartRecord {
            ready_at: at(5),
            engaged: Some(Engaged { from: at(10), until: at(12) }),
            departure: Some(Departure { accepted_at: at(20), gone_at: at(23) }),
            ..part_record(1, false)
        };
        let failed = PartRecord { error: Some("e".to_owned()), ..record.clone() };
        for (seconds, state) in [
            (0, Some(PartState::Pending)),
            (4, Some(PartState::Pending)),
            (5, Some(PartState::Active)),
            (10, Some(PartState::Pending)),
            (12, Some(PartState::Active)),
            (20, Some(PartState::Deleting)),
            (23, None),
        ] {
            assert_eq!(record.state_at(at(seconds)), state, "at {seconds}");
        }
        assert_eq!(record.state_at(start.minus(Duration::from_secs(1))), None);
        assert_eq!(failed.state_at(at(5)), Some(PartState::Error { message: "e".to_owned() }));
    }
}
