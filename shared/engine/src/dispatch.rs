//! Answering the doorbell: is there something to do, may this worker do it, and what then?

use crate::accept::ring;
use crate::env::Settings;
use crate::machine::{Worker, Yield};
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use coppice_store::{Cancel, Claim, Finish, Parking, StoreError, Task};
use std::time::Duration;

/// What is to become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Delete it.
    Done,
    /// Show it again after this long.
    Wait(Duration),
}

/// Answers one ring of the doorbell, for parking `seq` of an action.
///
/// # Errors
/// When the store fails: show the message again. Whatever was begun goes on when its lease lapses.
pub async fn handle(worker: &Worker, id: ActionId, seq: i64) -> Result<Outcome, StoreError> {
    let env = &worker.env;
    let Some(task) = env.store.task(id).await? else { return Ok(Outcome::Done) };
    // A ring for an earlier parking is stale. One for a later cannot be: the number is written first.
    if task.action.status.is_terminal() || seq < task.seq {
        return Ok(Outcome::Done);
    }
    let now = env.now();
    if let Some(until) = task.lease_until.filter(|until| *until > now) {
        // Another worker is at it; if it dies, this message finds out.
        return Ok(Outcome::Wait(until.since(now)));
    }
    // A client that wants the action cancelled does not wait for what the action waits for; nor does an action
    // whose hook was completed.
    let heard = task.heard && task.action.status == ActionStatus::WaitingLifecycleCompletion;
    let at_once = heard || stops(&task, task.work.as_ref());
    if !at_once {
        if let Some(wake_at) = task.wake_at.filter(|wake_at| *wake_at > now) {
            return Ok(Outcome::Wait(wake_at.since(now)));
        }
        if let Some(wait) = quiet(worker, &task, now).await? {
            return Ok(Outcome::Wait(wait));
        }
    }
    let claim = Claim { owner: worker.id, now, lease: env.settings.lease, seq: task.seq };
    let Some(task) = env.store.task_claim(id, claim).await? else { return Ok(Outcome::Done) };
    if let Some(reason) = spent(&task, &env.settings) {
        return match worker.give_up(&task, reason).await? {
            Yield::Ended | Yield::Lost => Ok(Outcome::Done),
            Yield::Parked(parking) => park(worker, &task, &parking).await,
        };
    }
    match worker.advance(&task).await {
        Ok(Yield::Ended | Yield::Lost) => Ok(Outcome::Done),
        Ok(Yield::Parked(parking)) => park(worker, &task, &parking).await,
        Err(error) => {
            tracing::warn!(action.id = %id, error = %error, "action interrupted; it will be tried again");
            let wake_at = env.now().plus(env.settings.pace.wait(u32::try_from(task.attempts).unwrap_or(0)));
            let parking = Parking {
                wake_at,
                due_at: wake_at.plus(env.settings.due_grace),
                status: ActionStatus::Waiting,
                status_reason: "Waiting for the service's own store or queue.".to_owned(),
                work: None,
                progress: false,
            };
            park(worker, &task, &parking).await
        }
    }
}

/// Why a claimed action is not carried on: it gets nowhere, or goes round and round. However it came to that,
/// nothing comes back to the queue for ever.
fn spent(task: &Task, settings: &Settings) -> Option<String> {
    let longest = i64::try_from(settings.pace.longest.as_secs()).unwrap_or(i64::MAX).max(1);
    let polls = task.action.timeout.max(0) / longest;
    if task.attempts > settings.max_attempts {
        Some(format!("The action was abandoned after {} attempts.", task.attempts - 1))
    } else if task.seq > settings.max_hops.saturating_add(polls) {
        Some(format!("The action was abandoned after it was put off {} times.", task.seq))
    } else {
        None
    }
}

async fn park(worker: &Worker, task: &Task, parking: &Parking) -> Result<Outcome, StoreError> {
    let env = &worker.env;
    if let Some(parked) = env.store.task_park(task, parking).await? {
        let delay = parking.wake_at.since(env.now()).min(LONGEST_DELAY);
        let work = parking.work.as_ref().or(task.work.as_ref());
        let cancelled = Task { cancel: parked.cancel, ..task.clone() };
        let heard = parked.heard && parking.status == ActionStatus::WaitingLifecycleCompletion;
        let delay = if heard || stops(&cancelled, work) { Duration::ZERO } else { delay };
        ring(env, &task.action.project, task.action.id, parked.seq, delay).await;
    }
    Ok(Outcome::Done)
}

/// Whether an action is to stop at once: one on a node whose job has begun is only if it is forced.
fn stops(task: &Task, work: Option<&serde_json::Value>) -> bool {
    let begun = work.is_some_and(|work| work["begun"] == true);
    match task.cancel {
        None => false,
        Some(Cancel::Forced) => true,
        Some(Cancel::Gently) => task.action.kind.is_on_cluster() || !begun,
    }
}

/// The longest delay SQS takes.
const LONGEST_DELAY: Duration = Duration::from_secs(900);

/// For a task that waits for its backend: how long to wait on, if there is nothing new. Costs no write.
async fn quiet(worker: &Worker, task: &Task, now: Timestamp) -> Result<Option<Duration>, StoreError> {
    let waiting = task.action.status == ActionStatus::Waiting && task.work.is_some();
    let visible_soon = task.due_at.is_none_or(|due| due <= now);
    if !waiting || visible_soon || overdue(&task.action, now) || task.attempts > 0 {
        return Ok(None);
    }
    worker.nothing_new(task, now).await
}

/// When an action that has begun runs out of time.
fn deadline(action: &Action) -> Option<Timestamp> {
    let allowed = Duration::from_secs(u64::try_from(action.timeout).unwrap_or(0));
    action.start_time.map(|start| start.plus(allowed))
}

/// Whether an action has run out of time.
pub(crate) fn overdue(action: &Action, now: Timestamp) -> bool {
    deadline(action).is_some_and(|deadline| now > deadline)
}

/// When an action that waits for `wait` is woken: no later than it runs out of time, however long its backend
/// asks to be left alone.
pub(crate) fn waking(action: &Action, now: Timestamp, wait: Duration) -> Timestamp {
    let wake_at = now.plus(wait);
    // The moment after the deadline is the first at which the action is overdue.
    let last = deadline(action).map(|deadline| deadline.plus(Duration::from_micros(1)));
    last.filter(|last| *last > now).map_or(wake_at, |last| wake_at.min(last))
}

/// The end of an action at `now`, kept for the retention period.
pub(crate) fn end(status: ActionStatus, reason: &str, now: Timestamp, retention: Duration) -> Finish {
    let status_reason = match status {
        // Whatever the executor says, the record shows these (spec engine-actions §2).
        ActionStatus::Succeeded => "Action completed successfully.".to_owned(),
        ActionStatus::Cancelled => "Action execution cancelled".to_owned(),
        _ => reason.to_owned(),
    };
    Finish { status, status_reason, at: now, expires_at: now.plus(retention).seconds() }
}
