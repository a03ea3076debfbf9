//! Cancelling an action (spec api-resources O, engine-actions §10).

use crate::accept::Refusal;
use crate::env::Env;
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::pyrepr;
use coppice_store::CANCEL;

/// The statuses in which an action can be cancelled.
const CANCELLABLE: [ActionStatus; 5] = [
    ActionStatus::Init,
    ActionStatus::Waiting,
    ActionStatus::Ready,
    ActionStatus::Running,
    ActionStatus::WaitingLifecycleCompletion,
];

/// Tells an action to stop. One that has ended stays as it is, even by force (invariant 5).
///
/// # Errors
/// `ActionImmutable` when it has ended; a failure of the store.
pub async fn cancel(env: &Env, action: &Action, force: bool) -> Result<(), Refusal> {
    cancellable(action, force)?;
    if env.store.task_signal(action.id, CANCEL).await? {
        return Ok(());
    }
    // It has ended since it was read.
    match env.store.get::<Action>(action.id).await? {
        Some(now) => Err(immutable(&now).into()),
        None => Err(Fault::not_found("action", &action.id.to_string()).into()),
    }
}

fn cancellable(action: &Action, force: bool) -> Result<(), Fault> {
    let open = if force { !action.status.is_terminal() } else { CANCELLABLE.contains(&action.status) };
    if open { Ok(()) } else { Err(immutable(action)) }
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
