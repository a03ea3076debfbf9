//! Due work: rings for every action whose message was lost or whose worker died (invariant 1).

use super::{PER_RUN, all_turns};
use crate::accept::ring;
use crate::env::Env;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use std::time::Duration;

/// For how long an action whose record cannot be read is put off, so that it hides none that can.
const PUT_OFF: Duration = Duration::from_secs(3600);

/// Rings for every action that has not ended, due or not: for a start after which no message is left.
///
/// # Errors
/// The last failure, after the others were rung for.
pub async fn ring_all(env: &Env) -> Result<usize, StoreError> {
    let by = Timestamp::from_micros(9_999_999_999_999_999);
    let due = env.store.due_work(by, PER_RUN).await?.tasks;
    run(env, due, by, by).await
}

/// Rings for those of them that are due by then, as long as there is time.
pub(super) async fn run(
    env: &Env,
    due: Vec<ActionId>,
    by: Timestamp,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let turns = due.into_iter().map(|id| async move { (id, ring_one(env, id, by).await.map(usize::from)) });
    all_turns(env, until, turns, |id, error| match error {
        StoreError::Corrupt(_) => {
            tracing::error!(action.id = %id, error = %error, "nobody carries out an action that cannot be read");
        }
        _ => tracing::warn!(action.id = %id, error = %error, "a ring is put off"),
    })
    .await
}

/// Rings for an action if it is due by then; whether it was.
async fn ring_one(env: &Env, id: ActionId, by: Timestamp) -> Result<bool, StoreError> {
    let now = env.now();
    let task = match env.store.task(id).await {
        Ok(Some(task)) => task,
        Ok(None) => return Ok(false),
        Err(error) => {
            if matches!(error, StoreError::Corrupt(_)) {
                env.store.task_put_off(id, now.plus(PUT_OFF)).await?;
            }
            return Err(error);
        }
    };
    if task.action.status.is_terminal() {
        return Ok(false);
    }
    if let Some(until) = task.lease_until.filter(|until| *until > now) {
        env.store.task_defer(&task, until).await?;
        return Ok(false);
    }
    // The index may lag behind: is it due in truth?
    if task.due_at.is_some_and(|due_at| due_at > by) {
        return Ok(false);
    }
    let due_at = now.max(task.wake_at.unwrap_or(now)).plus(env.settings.due_grace);
    let Some(seq) = env.store.task_rearm(&task, due_at).await? else { return Ok(false) };
    let delay = task.wake_at.map_or(Duration::ZERO, |wake_at| wake_at.since(now));
    ring(env, &task.action.project, task.action.id, seq, delay.min(Duration::from_secs(900))).await;
    Ok(true)
}
