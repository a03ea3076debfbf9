//! Work that is due: what the sweep finds when a message was lost or a worker died (invariant 1).

use crate::error::StoreError;
use crate::find::id_in;
use crate::item::n;
use crate::keys;
use crate::store::{DUE, Query, Range, Store, Written};
use crate::task::{Task, due, open_statuses};
use crate::transaction::Write;
use coppice_domain::action::Action;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;

/// A task the index says is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTask {
    /// The action.
    pub id: ActionId,
}

impl Store {
    /// Up to `limit` tasks due by `now`, from every shard. The index may lag: read before acting.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn due_tasks(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTask>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..keys::DUE_SHARDS {
            let query = Query {
                page_size: i32::try_from(limit).ok(),
                ..Query::new(DUE, format!("DUE#{shard}"), Range::UpTo(keys::due_until(now)))
            };
            for item in self.page(&query, None).await?.items {
                found.push(DueTask { id: id_in::<Action>(&item, "pk")? });
            }
        }
        Ok(found)
    }

    /// Gives a due task a new message number and a later due time; `None` when it moved on meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_rearm(&self, task: &Task, due_at: Timestamp) -> Result<Option<i64>, StoreError> {
        let id = task.action.id;
        let seq = task.seq + 1;
        let write = due(Write::update(keys::action(id)), id, due_at)
            .set("seq", n(seq))
            .if_is("seq", (task.seq != 0).then(|| n(task.seq)))
            .if_is("fence", (task.fence != 0).then(|| n(task.fence)))
            .if_one_of("status", open_statuses());
        match self.write(write).await? {
            Written::Done(_) => Ok(Some(seq)),
            Written::Refused(_) => Ok(None),
        }
    }

    /// Moves the due time of a task that a worker holds to the end of its lease.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_defer(&self, task: &Task, due_at: Timestamp) -> Result<(), StoreError> {
        let id = task.action.id;
        let write = due(Write::update(keys::action(id)), id, due_at)
            .if_is("seq", (task.seq != 0).then(|| n(task.seq)))
            .if_one_of("status", open_statuses());
        self.write(write).await.map(|_| ())
    }
}
