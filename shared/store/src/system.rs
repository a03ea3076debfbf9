//! What phases of the reconciler remember between runs.

use crate::error::StoreError;
use crate::item::{Item, at, moment, required, s, text};
use crate::keys;
use crate::store::{Query, Range, Source, Store};
use crate::transaction::Write;
use coppice_domain::time::Timestamp;
use std::collections::HashMap;

const UNTIL: &str = "until";
const STATE: &str = "state";
/// Prefix of the names under which parts of the service report that they run.
const PULSE: &str = "pulse#";

/// What a phase remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseState {
    /// Up to when it has done its work.
    pub until: Timestamp,
    /// Where it stopped, in its own words; none if it had nothing to remember.
    pub state: Option<String>,
}

impl Store {
    /// What every phase that ever ran remembers, by name: one read. It may lag: a phase may then do again what
    /// it did.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn phases(&self) -> Result<HashMap<String, PhaseState>, StoreError> {
        let whole = Query::new(Source::Table, keys::system("").pk, Range::Whole);
        let items = self.all(&Query { may_lag: true, ..whole }).await?;
        let phase = |item: &Item| {
            let state = text(item, STATE).map(str::to_owned);
            let remembered = PhaseState { until: moment(item, UNTIL)?, state };
            Some((required(item, "sk").ok()?.to_owned(), remembered))
        };
        Ok(items.iter().filter_map(phase).collect())
    }

    /// Notes where a phase stopped at `now`, unless it has gone on since.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_phase(&self, phase: &str, now: Timestamp, state: &str) -> Result<(), StoreError> {
        let write = Write::update(keys::system(phase)).set(UNTIL, at(now)).set(STATE, s(state));
        self.write(write.if_lacks_or_less(UNTIL, at(now))).await.map(|_| ())
    }

    /// Notes up to when a phase has done its work. It never moves back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_watermark(&self, phase: &str, until: Timestamp) -> Result<(), StoreError> {
        let write =
            Write::update(keys::system(phase)).set(UNTIL, at(until)).if_lacks_or_less(UNTIL, at(until));
        self.write(write).await.map(|_| ())
    }

    /// Notes that a part of the service has run. One write a run; a part that never runs costs nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_pulse(&self, part: &str, now: Timestamp) -> Result<(), StoreError> {
        self.set_watermark(&format!("{PULSE}{part}"), now).await
    }

    /// When the parts of the service that report it last ran, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pulses(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let query = Query::new(Source::Table, keys::system("").pk, Range::Prefix(PULSE.to_owned()));
        let items = self.all(&query).await?;
        let pulse = |item: &Item| {
            let part = required(item, "sk").ok()?.strip_prefix(PULSE)?;
            Some((part.to_owned(), moment(item, UNTIL)?))
        };
        Ok(items.iter().filter_map(pulse).collect())
    }
}
