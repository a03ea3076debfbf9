//! Letting an action go on that waits for its lifecycle hook.

use crate::error::StoreError;
use crate::item::{n, number, s};
use crate::keys;
use crate::store::{Store, Written};
use crate::task::{HEARD, HOOKED, WOKEN, due, open_statuses};
use crate::transaction::Write;
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;

impl Store {
    /// Makes an action ready that waits for its lifecycle hook, and due at `due_at` if it is a task of its own:
    /// the number of the message that may wake it. `None` when it does not wait for that (any more), so
    /// repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails; the action may then be ready.
    pub async fn task_release(
        &self,
        id: ActionId,
        reason: &str,
        due_at: Option<Timestamp>,
    ) -> Result<Option<i64>, StoreError> {
        let waiting = ActionStatus::WaitingLifecycleCompletion.name();
        let mut write = Write::update(keys::action(id))
            .set("status", s(ActionStatus::Ready.name()))
            .set("status_reason", s(reason))
            .remove("owner")
            .remove("lease_until")
            .remove("wake_at")
            .set(HEARD, n(1))
            .if_equals_or_has("status", s(waiting), HOOKED)
            .if_one_of("status", open_statuses());
        if let Some(due_at) = due_at {
            write = due(write, id, due_at);
        }
        self.numbered(write).await
    }

    /// Lets a task that waits look at once whether there is something to do: the number of the message that
    /// may wake it; `None` when it has ended. It is due at `due_at`, in case that message is lost; and whoever
    /// is at it and did not see why it was woken does not put it down before having looked again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_wake(&self, id: ActionId, due_at: Timestamp) -> Result<Option<i64>, StoreError> {
        let write = Write::update(keys::action(id))
            .remove("wake_at")
            .add(WOKEN, 1)
            .if_one_of("status", open_statuses());
        self.numbered(due(write, id, due_at)).await
    }

    /// Makes a write of an action: the number of the message that may wake it, if the write was made.
    pub(crate) async fn numbered(&self, write: Write) -> Result<Option<i64>, StoreError> {
        Ok(match self.write(write).await? {
            Written::Done(item) => Some(number(&item, "seq").unwrap_or(0)),
            Written::Refused(_) => None,
        })
    }
}
