//! What phases of the reconciler remember between runs.

use crate::error::StoreError;
use crate::item::{Item, at, moment, required};
use crate::keys;
use crate::store::{Query, Range, Source, Store};
use crate::transaction::Write;
use coppice_domain::time::Timestamp;

const UNTIL: &str = "until";
/// Prefix of the names under which parts of the service report that they run.
const PULSE: &str = "pulse#";

impl Store {
    /// Up to when a phase has done its work; none if it never ran.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watermark(&self, phase: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.item(&keys::system(phase)).await?.and_then(|item| moment(&item, UNTIL)))
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
