//! Accepting the recovery of a member that was found sick: an action like one that is asked for, except that it is
//! not accepted where it could not begin (RHE-16).

use super::{Asked, Requester, Target, due_at, new_action, ring};
use crate::env::Env;
use coppice_domain::action::Action;
use coppice_domain::cluster::JsonMap;
use coppice_domain::node::Node;
use coppice_domain::policy::Binding;
use coppice_store::{AcceptedAction, Recovery, StoreError};
use serde_json::json;
use std::time::Duration;

/// Records it, for this reason, under the id that `asked` brings: asking twice starts it once.
///
/// # Errors
/// A failure of the store.
pub(crate) async fn recovery(
    env: &Env,
    node: &Node,
    by: &Binding,
    (asked, reason): (Asked, &str),
    requester: Requester<'_>,
) -> Result<Recovery, StoreError> {
    let target = Target {
        id: node.id.uuid(),
        cluster: Some(by.cluster_id),
        timeout: env.settings.default_action_timeout,
    };
    let data = JsonMap::from_iter([("health".to_owned(), json!({ "reason": reason }))]);
    let action = Action { data, ..new_action(env, target, asked, requester) };
    let accepted = AcceptedAction { action: &action, due_at: due_at(env, env.now()), work: None };
    let recovery = env.store.accept_recovery(node, by, accepted).await?;
    if recovery == Recovery::Accepted {
        ring(env, &action.project, action.id, 0, Duration::ZERO).await;
    }
    Ok(recovery)
}
