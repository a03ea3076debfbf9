//! Cancelling actions (spec api-resources O, engine-actions §10).
//!
//! A request is noted with the action, and its worker ends it: an action that has not begun at once, one on a
//! cluster as soon as its worker sees it, one on a node when its job is done. Forced, whoever works on it is
//! fenced out and the action ends as soon as another worker has let its target go.

use crate::accept::{Refusal, ring};
use crate::env::Env;
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::pyrepr;
use coppice_store::Cancel;
use std::time::Duration;

/// The statuses in which an action may be cancelled.
const CANCELLABLE: [ActionStatus; 5] = [
    ActionStatus::Init,
    ActionStatus::Waiting,
    ActionStatus::Ready,
    ActionStatus::Running,
    ActionStatus::WaitingLifecycleCompletion,
];

/// Asks for `action` to be cancelled; one that another derived, for that one.
///
/// # Errors
/// `ActionImmutable` when it has ended, forced or not (invariant 5); a failure of the store.
pub async fn cancel(env: &Env, action: &Action, force: bool) -> Result<(), Refusal> {
    if action.status.is_terminal() {
        return Err(immutable(action).into());
    }
    let task = action.parent.unwrap_or(action.id);
    let how = if force { Cancel::Forced } else { Cancel::Gently };
    match env.store.task_cancel(task, how, env.now().plus(env.settings.due_grace)).await? {
        Some(seq) => {
            ring(env, &action.project, task, seq, Duration::ZERO).await;
            Ok(())
        }
        None => {
            let now: Option<Action> = env.store.get(action.id).await?;
            let now = now.ok_or_else(|| Fault::not_found("action", &action.id.to_string()))?;
            Err(immutable(&now).into())
        }
    }
}

fn immutable(action: &Action) -> Fault {
    let expected = pyrepr::repr_list(CANCELLABLE.map(ActionStatus::name));
    let text = format!(
        "Action ({}) is in status ({}) while expected status must be one of ({expected}).",
        action.id.short(),
        action.status.name()
    );
    Fault::new(FaultKind::ActionImmutable, text)
}
