//! Work that is due: what the sweep finds when a message was lost or a worker died (invariant 1), and the runs of
//! schedules whose time has come, and the clusters that are looked after next.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::find::id_in;
use crate::item::{n, required, s};
use crate::keys;
use crate::store::{DUE, Query, Range, Store, Written};
use crate::task::{Task, due, open_statuses};
use crate::transaction::Write;
use coppice_domain::action::Action;
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::{ActionId, ClusterId, PolicyId, ReceiverId};
use coppice_domain::policy::Policy;
use coppice_domain::receiver::Receiver;
use coppice_domain::time::Timestamp;

/// What the index says is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueWork {
    /// Actions that may need a ring.
    pub tasks: Vec<ActionId>,
    /// Receivers whose schedule has a run.
    pub schedules: Vec<ReceiverId>,
    /// Clusters that are to be looked after, and by which policy.
    pub watches: Vec<(ClusterId, PolicyId)>,
}

/// How many times as much other work as actions is taken at once: many schedules are for midnight, many clusters
/// are looked after every minute, and each is done with soon.
const OTHERS_PER_TASK: usize = 4;
/// Pages of a shard that are read at most.
const MOST_PAGES: usize = 8;

impl Store {
    /// Up to `limit` tasks due by `now`, from every shard, some schedules and watches. The index may lag: read
    /// before acting.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn due_work(&self, now: Timestamp, limit: usize) -> Result<DueWork, StoreError> {
        let mut found = DueWork::default();
        // Who has not the time for all of it begins with another shard the next minute.
        let (minute, shards) = (now.seconds().div_euclid(60), i64::from(keys::DUE_SHARDS));
        for shard in (0..shards).map(|nth| (minute + nth).rem_euclid(shards)) {
            let query = Query {
                page_size: i32::try_from(limit * (1 + OTHERS_PER_TASK)).ok(),
                ..Query::new(DUE, format!("DUE#{shard}"), Range::UpTo(keys::due_until(now)))
            };
            let (mut tasks, mut from) = (0, None);
            // Other work may pile up; it must not hide the actions behind it.
            for _ in 0..MOST_PAGES {
                let page = self.page(&query, from).await?;
                for item in &page.items {
                    let key = required(item, "pk")?;
                    if key.starts_with(Kind::Receiver.letter()) {
                        found.schedules.push(id_in::<Receiver>(item, "pk")?);
                    } else if key.starts_with(Kind::Cluster.letter()) {
                        found.watches.push((id_in::<Cluster>(item, "pk")?, id_in::<Policy>(item, "sk")?));
                    } else if tasks < limit {
                        tasks += 1;
                        found.tasks.push(id_in::<Action>(item, "pk")?);
                    }
                }
                from = page.next;
                if from.is_none() || tasks >= limit {
                    break;
                }
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

    /// Moves the due time of a task that cannot be read, and nothing else of it. Without effect when it has ended or
    /// is due later already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_put_off(&self, id: ActionId, due_at: Timestamp) -> Result<(), StoreError> {
        let later = s(keys::due(due_at, id));
        let write = due(Write::update(keys::action(id)), id, due_at).if_less("due", later);
        self.write(write).await.map(|_| ())
    }
}
