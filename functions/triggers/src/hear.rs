//! From an event of an instance to the recovery of its node, where the node's cluster listens for it.

use coppice_engine::Env;
use coppice_engine::health::{Heard, InstanceEvent, NotHeard, event};

/// Has the engine hear of event `id`; whether it noted it.
pub(crate) async fn hear(env: &Env, id: &str, told: &InstanceEvent) -> Result<bool, NotHeard> {
    // Boxed: the future is deep, and those that wait for it would be as large.
    match Box::pin(event(env, told)).await? {
        Heard::Noted(recoveries) => {
            tracing::info!(
                event.id = id,
                instance.id = told.instance,
                recoveries,
                "event of an instance noted"
            );
            Ok(true)
        }
        Heard::Ignored(reason) => {
            tracing::info!(
                event.id = id,
                instance.id = told.instance,
                reason,
                "event of an instance ignored"
            );
            Ok(false)
        }
    }
}
