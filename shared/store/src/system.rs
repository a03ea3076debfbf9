//! What phases of the reconciler remember between runs.

use crate::error::StoreError;
use crate::item::{at, moment};
use crate::keys;
use crate::store::Store;
use crate::transaction::Write;
use coppice_domain::time::Timestamp;

const UNTIL: &str = "until";

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
}
