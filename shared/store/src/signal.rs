//! What a client tells an action that is under way: to stop, or to go on.

use crate::error::StoreError;
use crate::item::{number, s};
use crate::keys;
use crate::store::{Store, Written};
use crate::task::{due, open_statuses};
use crate::transaction::Write;
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;

/// The signal that an action is to stop (spec engine-actions §10).
pub const CANCEL: &str = "CANCEL";

impl Store {
    /// Leaves a signal with an action that has not ended; `false` when it has, or does not exist. Repeating
    /// it changes nothing.
    ///
    /// # Errors
    /// When the store fails; the signal may then have been left.
    pub async fn task_signal(&self, id: ActionId, signal: &str) -> Result<bool, StoreError> {
        let write = Write::update(keys::action(id))
            .set("control", s(signal))
            .if_exists()
            .if_one_of("status", open_statuses());
        Ok(matches!(self.write(write).await?, Written::Done(_)))
    }

    /// Lets an action go on that waits for its lifecycle hook, and makes it due: the number of the message
    /// that may wake it. `None` when it does not wait for that (any more), so repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails; the action may then have been let go, and is due.
    pub async fn task_release(
        &self,
        id: ActionId,
        reason: &str,
        due_at: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let waiting = ActionStatus::WaitingLifecycleCompletion.name();
        let write = due(Write::update(keys::action(id)), id, due_at)
            .set("status", s(ActionStatus::Ready.name()))
            .set("status_reason", s(reason))
            .add("seq", 1)
            .remove("owner")
            .remove("lease_until")
            .remove("wake_at")
            .if_equals("status", s(waiting));
        Ok(match self.write(write).await? {
            Written::Done(item) => Some(number(&item, "seq").unwrap_or(0)),
            Written::Refused(_) => None,
        })
    }
}
