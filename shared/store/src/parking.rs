//! Putting a claimed task down until there may be something to do again.

use crate::error::StoreError;
use crate::item::{at, n, number, s, text};
use crate::keys;
use crate::store::{Store, Written};
use crate::task::{Cancel, HEARD, Task, WOKEN, cancel, due};
use crate::transaction::Write;
use coppice_domain::action::ActionStatus;
use coppice_domain::time::Timestamp;
use serde_json::Value;

/// How a claimed task is put down until later.
#[derive(Clone, Debug)]
pub struct Parking {
    /// When there may be something to do again.
    pub wake_at: Timestamp,
    /// When the sweep rings for it if nothing else does; not written when the present one will do.
    pub due_at: Timestamp,
    /// Its status while it waits.
    pub status: ActionStatus,
    /// Why.
    pub status_reason: String,
    /// The plan, if it changed.
    pub work: Option<Value>,
    /// Whether it got any further since the claim.
    pub progress: bool,
}

/// What came of putting a task down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parked {
    /// It is down.
    Down {
        /// The number of the message that may wake it.
        seq: i64,
        /// Whether a client wants it cancelled by now.
        cancel: Option<Cancel>,
        /// Whether the lifecycle hook that it waits for was completed by now.
        heard: bool,
    },
    /// It is still claimed: something it waits for has happened since. This is how often it was woken by now.
    Woken(i64),
    /// The claim was lost meanwhile.
    Lost,
}

impl Store {
    /// Puts a claimed task down, unless it was woken since it was read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_park(&self, task: &Task, parking: &Parking) -> Result<Parked, StoreError> {
        let id = task.action.id;
        let seq = task.seq + 1;
        let mut write = Write::update(keys::action(id))
            .set("seq", n(seq))
            .set("wake_at", at(parking.wake_at))
            .set("status", s(parking.status.name()))
            .set("status_reason", s(&parking.status_reason))
            .remove("owner")
            .remove("lease_until");
        if let Some(work) = &parking.work {
            write = write.set("work", s(work.to_string()));
        }
        if parking.progress {
            write = write.remove("attempts");
        }
        if task.due_at.is_none_or(|due| due < parking.wake_at || due > parking.due_at) {
            write = due(write, id, parking.due_at);
        }
        let write = write.if_is(WOKEN, (task.woken != 0).then(|| n(task.woken)));
        Ok(match self.write(task.fenced(write)).await? {
            Written::Done(item) => {
                Parked::Down { seq, cancel: cancel(&item), heard: item.contains_key(HEARD) }
            }
            Written::Refused(item) => {
                let woken = number(&item, WOKEN).unwrap_or(0);
                let held = number(&item, "fence") == Some(task.fence) && text(&item, "owner").is_some();
                if held && woken != task.woken { Parked::Woken(woken) } else { Parked::Lost }
            }
        })
    }
}
