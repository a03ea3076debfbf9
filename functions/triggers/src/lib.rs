//! What happens in the AWS account calls receivers: alarms of CloudWatch, events of EventBridge, notifications of
//! SNS. An addition of this service; the README says how an event names its receiver.
//!
//! An event is delivered at least once. Its action's id derives from the event's, so it makes one action however
//! often it comes (invariant 3).

mod eventbridge;
mod occurrence;
mod sns;
mod start;

pub use occurrence::{Mapping, NotACall, Occurrence};

use coppice_engine::Env;
use coppice_engine::accept::Refusal;
use coppice_store::StoreError;
use serde_json::{Value, json};
use std::sync::Arc;

/// Starts what an invocation's events ask for; answers with how many actions that were.
///
/// # Errors
/// When the store fails: the invocation is repeated then, and what was started is not started again.
pub async fn answer(env: Env, mapping: Arc<Mapping>, event: Value) -> Result<Value, StoreError> {
    let (mut started, mut failed) = (0, None);
    for called in read(&event, &mapping) {
        let occurrence = match called {
            Ok(occurrence) => occurrence,
            Err(reason) => {
                tracing::info!(%reason, "event without consequence");
                continue;
            }
        };
        let (event, receiver) = (occurrence.id.clone(), occurrence.receiver);
        match start::start(&env, occurrence).await {
            Ok(action) => {
                tracing::info!(event.id = event, receiver.id = %receiver, action.id = %action, "event accepted");
                started += 1;
            }
            Err(Refusal::Fault(fault)) => {
                let reason = fault.message;
                tracing::warn!(event.id = event, receiver.id = %receiver, reason, "event refused");
            }
            // The others do not have to wait for the repetition.
            Err(Refusal::Store(error)) => failed = Some(error),
        }
    }
    failed.map_or_else(|| Ok(json!({ "started": started })), Err)
}

/// The calls that are in an invocation: SNS sends its notifications in records, EventBridge an event by itself.
#[must_use]
pub fn read(event: &Value, mapping: &Mapping) -> Vec<Result<Occurrence, NotACall>> {
    match event["Records"].as_array() {
        Some(records) => records.iter().map(|record| sns::read(record, mapping)).collect(),
        None => vec![eventbridge::read(event, mapping)],
    }
}

#[cfg(test)]
mod tests;
