//! Due work: rings for every action whose message was lost or whose worker died (invariant 1).

use super::PER_RUN;
use crate::accept::ring;
use crate::env::Env;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use std::time::Duration;

pub(super) async fn run(env: &Env, due: Vec<ActionId>, now: Timestamp) -> Result<usize, StoreError> {
    ring_due(env, due, now, now).await
}

/// Rings for every action that has not ended, due or not: for a start after which no message is left.
///
/// # Errors
/// When the store fails.
pub async fn ring_all(env: &Env) -> Result<usize, StoreError> {
    let by = Timestamp::from_micros(9_999_999_999_999_999);
    let due = env.store.due_work(by, PER_RUN).await?.tasks;
    ring_due(env, due, by, env.now()).await
}

async fn ring_due(env: &Env, due: Vec<ActionId>, by: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
    let mut rung = 0;
    for id in due {
        let Some(task) = env.store.task(id).await? else { continue };
        if task.action.status.is_terminal() {
            continue;
        }
        if let Some(until) = task.lease_until.filter(|until| *until > now) {
            env.store.task_defer(&task, until).await?;
            continue;
        }
        // The index may lag behind: is it due in truth?
        if task.due_at.is_some_and(|due_at| due_at > by) {
            continue;
        }
        let due_at = now.max(task.wake_at.unwrap_or(now)).plus(env.settings.due_grace);
        if let Some(seq) = env.store.task_rearm(&task, due_at).await? {
            let delay = task.wake_at.map_or(Duration::ZERO, |wake_at| wake_at.since(now));
            ring(env, &task.action.project, task.action.id, seq, delay.min(Duration::from_secs(900))).await;
            rung += 1;
        }
    }
    Ok(rung)
}
