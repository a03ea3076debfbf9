//! Lifecycle hooks: an action that waits for its hook goes on once the hook's owner says so
//! (spec engine-actions §11).

use crate::accept::ring;
use crate::env::Env;
use coppice_domain::ids::ActionId;
use coppice_store::StoreError;
use std::time::Duration;

/// Why an action is ready after its hook.
const COMPLETE: &str = "Lifecycle complete.";

/// Lets an action go on that waits for its hook; `false` when it does not, and nothing happens.
///
/// # Errors
/// When the store fails; the action may then have been let go, and is due.
pub async fn complete(env: &Env, action: ActionId) -> Result<bool, StoreError> {
    let due_at = env.now().plus(env.settings.due_grace);
    match env.store.task_release(action, COMPLETE, due_at).await? {
        Some(seq) => {
            ring(env, action, seq, Duration::ZERO).await;
            Ok(true)
        }
        None => Ok(false),
    }
}
