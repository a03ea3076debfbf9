//! What happens in the AWS account calls receivers: alarms of CloudWatch, events of EventBridge, notifications of
//! SNS. An addition of this service; the README says how an event names its receiver. What tells of an instance, of
//! EC2 or of Nova, is also heard by the clusters whose health policy listens for it (spec
//! engine-receivers-health-events §2.4).
//!
//! An event is delivered at least once. Its action's id derives from the event's, so it makes one action however
//! often it comes (invariant 3); the recovery of a node derives from when its instance came to harm.

mod eventbridge;
mod hear;
mod instance;
mod occurrence;
mod sns;
mod start;

pub use occurrence::{Call, Mapping, NotACall, Occurrence};

use coppice_engine::Env;
use coppice_engine::accept::Refusal;
use coppice_engine::health::NotHeard;
use coppice_store::StoreError;
use serde_json::{Value, json};
use std::sync::Arc;

/// Does what an invocation's events ask for; answers with how many actions of receivers that started, and how many
/// events of instances were noted.
///
/// # Errors
/// When the store fails, or an event of an instance cannot be heard: the invocation is repeated then, and what was
/// started is not started again.
pub async fn answer(env: Env, mapping: Arc<Mapping>, event: Value) -> Result<Value, NotHeard> {
    let (mut started, mut noted, mut failed) = (0, 0, None);
    for Occurrence { id, call, instance } in read(&event, &mapping) {
        if let (Err(reason), None) = (&call, &instance) {
            tracing::info!(event.id = id, %reason, "event without consequence");
        }
        // What fails does not hold up the others: they do not have to wait for the repetition.
        if let Ok(call) = call {
            match answer_call(&env, &id, call).await {
                Ok(accepted) => started += u64::from(accepted),
                Err(error) => failed = Some(error.into()),
            }
        }
        if let Some(told) = instance {
            match hear::hear(&env, &id, &told).await {
                Ok(heard) => noted += u64::from(heard),
                Err(error) => failed = Some(error),
            }
        }
    }
    failed.map_or_else(|| Ok(json!({ "started": started, "noted": noted })), Err)
}

/// Whether the call that event `id` makes was accepted.
async fn answer_call(env: &Env, id: &str, call: Call) -> Result<bool, StoreError> {
    let receiver = call.receiver;
    match start::start(env, id, call).await {
        Ok(action) => {
            tracing::info!(event.id = id, receiver.id = %receiver, action.id = %action, "event accepted");
            Ok(true)
        }
        Err(Refusal::Fault(fault)) => {
            let reason = fault.message;
            tracing::warn!(event.id = id, receiver.id = %receiver, reason, "event refused");
            Ok(false)
        }
        Err(Refusal::Store(error)) => Err(error),
    }
}

/// What an invocation tells of: SNS sends its notifications in records, EventBridge an event by itself.
#[must_use]
pub fn read(event: &Value, mapping: &Mapping) -> Vec<Occurrence> {
    match event["Records"].as_array() {
        Some(records) => records.iter().map(|record| sns::read(record, mapping)).collect(),
        None => vec![eventbridge::read(event, mapping)],
    }
}

#[cfg(test)]
mod tests;
