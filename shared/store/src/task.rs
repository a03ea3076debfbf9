//! A task: an action with what the engine needs to carry it on.
//!
//! Beside the action's public fields its item holds: `fence`, raised by each claim, on which every later
//! write of the claimant is conditioned; `lease_until`, when another worker may claim it; `seq`, raised
//! whenever it is parked, so that an older message is known to be stale; `wake_at`, before which there is
//! nothing to do; `attempts` since it last made progress; and `work`, the engine's plan.

use crate::entity::Entity;
use crate::error::StoreError;
use crate::item::{Item, at, key_of, moment, n, number, s, text};
use crate::keys;
use crate::store::{Store, Written};
use crate::transaction::Write;
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// An action as the engine sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The action.
    pub action: Action,
    /// How often it was claimed.
    pub fence: i64,
    /// The worker that claimed it last, until it parks.
    pub owner: Option<Uuid>,
    /// When that claim lapses.
    pub lease_until: Option<Timestamp>,
    /// Which message may wake it: an older number is stale.
    pub seq: i64,
    /// Before this there is nothing to do.
    pub wake_at: Option<Timestamp>,
    /// When the sweep rings for it if nothing else does.
    pub due_at: Option<Timestamp>,
    /// Claims since it last made progress.
    pub attempts: i64,
    /// The engine's plan and how far it got.
    pub work: Option<Value>,
    /// Whether a client wants it cancelled, and how.
    pub cancel: Option<Cancel>,
    /// How often it was woken from outside: who parks it must have known of all.
    pub woken: i64,
    /// Whether the lifecycle hook that it waits for was completed.
    pub heard: bool,
}

/// How a client wants an action cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// As soon as it can be left.
    Gently,
    /// At once: whoever works on it is fenced out.
    Forced,
}

/// A claim to be made on a task.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Who claims.
    pub owner: Uuid,
    /// Now.
    pub now: Timestamp,
    /// How long the claim lasts.
    pub lease: Duration,
    /// The `seq` the claimant has seen.
    pub seq: i64,
}

pub(crate) fn cancel(item: &Item) -> Option<Cancel> {
    text(item, CANCEL).map(|how| if how == FORCED { Cancel::Forced } else { Cancel::Gently })
}

/// Attribute: that a client wants the action cancelled, and how.
const CANCEL: &str = "control";
/// Attribute: how often a task was woken from outside.
pub(crate) const WOKEN: &str = "woken";
/// Attribute: that the action is held up by a lifecycle hook of its own, which may be completed whatever the
/// action's status says at the moment.
pub(crate) const HOOKED: &str = "hooked";
/// Attribute: that it was.
pub(crate) const HEARD: &str = "heard";
const GENTLY: &str = "CANCEL";
const FORCED: &str = "FORCE";

/// How a task ends.
#[derive(Clone, Debug)]
pub struct Finish {
    /// A terminal status.
    pub status: ActionStatus,
    /// Why.
    pub status_reason: String,
    /// When.
    pub at: Timestamp,
    /// When the record may be forgotten: seconds since the epoch.
    pub expires_at: i64,
}

/// Statuses from which an action may still go on.
pub(crate) fn open_statuses() -> impl Iterator<Item = AttributeValue> {
    ActionStatus::ALL.into_iter().filter(|status| !status.is_terminal()).map(|status| s(status.name()))
}

impl Task {
    /// Reads a task from the items of its action, its own first.
    pub(crate) fn decode(items: &[Item]) -> Result<Self, StoreError> {
        let Some(item) = items.first() else { return Err(StoreError::Corrupt("no task".to_owned())) };
        let work = text(item, "work").map(serde_json::from_str).transpose();
        Ok(Self {
            action: Action::decode(items)?,
            fence: number(item, "fence").unwrap_or(0),
            owner: text(item, "owner").and_then(|owner| owner.parse().ok()),
            lease_until: moment(item, "lease_until"),
            seq: number(item, "seq").unwrap_or(0),
            wake_at: moment(item, "wake_at"),
            due_at: moment(item, "due_at"),
            attempts: number(item, "attempts").unwrap_or(0),
            cancel: cancel(item),
            woken: number(item, WOKEN).unwrap_or(0),
            heard: item.contains_key(HEARD),
            work: work.map_err(|cause| {
                StoreError::Corrupt(format!("work of {:?}: {cause}", key_of(item).map(|key| key.pk)))
            })?,
        })
    }

    /// Whether a worker holds it at `now`.
    #[must_use]
    pub fn leased(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| until > now)
    }

    /// That this claimant may still write, as a write of its own: the first of a transaction.
    pub(crate) fn held(&self) -> Write {
        self.fenced(Write::check(keys::action(self.action.id)))
    }

    /// The condition under which this claimant may still write: nobody claimed it since, and it is open.
    pub(crate) fn fenced(&self, write: Write) -> Write {
        write.if_equals("fence", n(self.fence)).if_one_of("status", open_statuses())
    }

    /// For a refused transaction whose first two conditions are the fence and the cluster's holder: an error where
    /// this claimant has lost neither, so that it is the cluster that has changed.
    pub(crate) fn unless_changed(&self, refusals: &[Option<Item>]) -> Result<(), StoreError> {
        let head = refusals.get(1).and_then(Option::as_ref);
        let own = self.action.id.to_string();
        let holds = head.is_some_and(|head| text(head, "active_action") == Some(own.as_str()));
        if holds && refusals.first().is_some_and(Option::is_none) {
            return Err(StoreError::Conflict("the cluster has changed since it was read".to_owned()));
        }
        Ok(())
    }
}

impl Store {
    /// Reads a task, strongly consistent.
    ///
    /// # Errors
    /// When the store fails or the item cannot be read.
    pub async fn task(&self, id: ActionId) -> Result<Option<Task>, StoreError> {
        let Some(item) = self.item(&keys::action(id)).await? else { return Ok(None) };
        self.whole_task(item).await
    }

    async fn whole_task(&self, item: Item) -> Result<Option<Task>, StoreError> {
        self.whole::<Action>(item).await?.map(|items| Task::decode(&items)).transpose()
    }

    /// Claims a task for a worker; `None` when it is claimed, parked anew or ended by someone else.
    ///
    /// # Errors
    /// When the store fails; the claim may then have been made, and lapses with its lease.
    pub async fn task_claim(&self, id: ActionId, claim: Claim) -> Result<Option<Task>, StoreError> {
        let write = Write::update(keys::action(id))
            .set("owner", s(claim.owner.to_string()))
            .set("lease_until", at(claim.now.plus(claim.lease)))
            .set("status", s(ActionStatus::Running.name()))
            .set("status_reason", s("The action is being processed."))
            .set_if_absent("start_time", at(claim.now))
            .add("fence", 1)
            .add("attempts", 1)
            .if_one_of("status", open_statuses())
            .if_is("seq", (claim.seq != 0).then(|| n(claim.seq)))
            .if_lacks_or_at_most("lease_until", at(claim.now));
        match self.write(write).await? {
            Written::Done(item) => self.whole_task(item).await,
            Written::Refused(_) => Ok(None),
        }
    }

    /// Notes that a client wants an action cancelled, and returns the `seq` of the message that may wake it;
    /// `None` when it has ended. Forced, it also fences out whoever works on it. It is due at `due_at`, in case
    /// that message is lost.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_cancel(
        &self,
        id: ActionId,
        how: Cancel,
        due_at: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let how_text = match how {
            Cancel::Gently => GENTLY,
            Cancel::Forced => FORCED,
        };
        let mut write =
            Write::update(keys::action(id)).remove("wake_at").if_one_of("status", open_statuses());
        write = due(write, id, due_at);
        write = match how {
            Cancel::Gently => write.set_if_absent(CANCEL, s(how_text)),
            Cancel::Forced => {
                write.set(CANCEL, s(how_text)).add("fence", 1).remove("lease_until").remove("owner")
            }
        };
        self.numbered(write).await
    }

    /// Saves the plan of a claimed task that is held up by a lifecycle hook, which may be completed from now
    /// on; `false` when the claim was lost.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_hooked(&self, task: &Task, work: &Value) -> Result<bool, StoreError> {
        let write =
            Write::update(keys::action(task.action.id)).set("work", s(work.to_string())).set(HOOKED, n(1));
        Ok(matches!(self.write(task.fenced(write)).await?, Written::Done(_)))
    }

    /// Saves the plan of a claimed task and renews its lease; `false` when the claim was lost.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn task_save(
        &self,
        task: &Task,
        work: &Value,
        lease_until: Timestamp,
    ) -> Result<bool, StoreError> {
        let write = Write::update(keys::action(task.action.id))
            .set("work", s(work.to_string()))
            .set("lease_until", at(lease_until))
            .remove("attempts");
        Ok(matches!(self.write(task.fenced(write)).await?, Written::Done(_)))
    }
}

/// A number of seconds as a span; none of them below zero.
pub(crate) fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}

/// The attributes that make a task due at `moment`.
pub(crate) fn due_attributes(id: ActionId, moment: Timestamp) -> Vec<(String, AttributeValue)> {
    vec![
        ("due_at".to_owned(), at(moment)),
        ("due".to_owned(), s(keys::due(moment, id))),
        ("due_shard".to_owned(), s(keys::due_shard(id))),
    ]
}

/// Makes a task due at `moment`.
pub(crate) fn due(write: Write, id: ActionId, moment: Timestamp) -> Write {
    due_attributes(id, moment).into_iter().fold(write, |write, (name, value)| write.set(&name, value))
}

/// The end of a task: public fields set, everything the engine needed dropped, no longer due.
pub(crate) fn finish(id: ActionId, finish: &Finish) -> Write {
    let write = Write::update(keys::action(id))
        .set("status", s(finish.status.name()))
        .set("status_reason", s(&finish.status_reason))
        .set("end_time", at(finish.at))
        .set("expires_at", n(finish.expires_at));
    [
        "owner",
        "lease_until",
        "wake_at",
        "due_at",
        "due",
        "due_shard",
        "attempts",
        "work",
        CANCEL,
        WOKEN,
        HOOKED,
        HEARD,
    ]
    .into_iter()
    .fold(write, Write::remove)
}
