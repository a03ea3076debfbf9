//! Lifecycle hooks: an action that waits for its hook goes on once the hook's owner says so
//! (spec engine-actions §11).

use crate::accept::ring;
use crate::env::Env;
use coppice_domain::action::Action;
use coppice_domain::ids::ActionId;
use coppice_domain::node::Node;
use coppice_store::StoreError;
use serde_json::json;
use std::time::Duration;

/// Why an action is ready after its hook.
const COMPLETE: &str = "Lifecycle complete.";

/// What the owner of a node that is to go is told.
pub(crate) fn notice(token: ActionId, node: &Node) -> String {
    let notice = json!({
        "lifecycle_action_token": token,
        "node_id": node.id,
        "resource_id": node.physical_id,
        "lifecycle_transition_type": "termination",
    });
    notice.to_string()
}

/// Lets an action go on that waits for its hook; `false` when it does not, and nothing happens. One that
/// another derived is carried on by that one, which is woken.
///
/// # Errors
/// When the store fails; the action may then be ready. Whoever carries it on finds out at its own time.
pub async fn complete(env: &Env, action: &Action) -> Result<bool, StoreError> {
    let due_at = env.now().plus(env.settings.due_grace);
    let own_due_at = action.parent.is_none().then_some(due_at);
    let Some(seq) = env.store.task_release(action.id, COMPLETE, own_due_at).await? else { return Ok(false) };
    match action.parent {
        None => ring(env, &action.project, action.id, seq, Duration::ZERO).await,
        Some(parent) => {
            if let Some(seq) = env.store.task_wake(parent, due_at).await? {
                // One that another derived is of the same project.
                ring(env, &action.project, parent, seq, Duration::ZERO).await;
            }
        }
    }
    Ok(true)
}
