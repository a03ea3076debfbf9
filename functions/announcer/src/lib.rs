//! Announces events on an event bus, so that users can react to them without asking (spec
//! engine-receivers-health-events §3, the dispatcher `message`).
//!
//! An event is recorded with the step that it tells of, and the table's stream has it from then on: nobody can die
//! between the two. The stream repeats what was not announced, so an event is announced at least once.

use coppice_api::views;
use coppice_domain::announcement::{Announcement, Fate, parcels};
use coppice_engine::Bus;
use coppice_store::new_event;
use serde_json::{Value, json};
use std::sync::Arc;

/// Announces the events of a batch in order. The answer names the first record that is to come again; those behind
/// it come with it.
pub async fn answer(bus: Arc<dyn Bus>, deployment: String, batch: Value) -> Value {
    let records = batch["Records"].as_array().into_iter().flatten();
    // Each with its place in the stream.
    let (places, announcements): (Vec<String>, Vec<Announcement>) =
        records.filter_map(|record| read(record, &deployment)).unzip();
    let failures: Vec<Value> = announce(&*bus, &places, &announcements)
        .await
        .map(|place| json!({ "itemIdentifier": place }))
        .into_iter()
        .collect();
    json!({ "batchItemFailures": failures })
}

/// The place of a record, and what it has to tell; nothing, if it is not about a new event.
fn read(record: &Value, deployment: &str) -> Option<(String, Announcement)> {
    let place = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned();
    match new_event(record) {
        Ok(event) => {
            let event = event?;
            let mut shown = views::event(&event, None);
            // Null would mean that it is gone.
            shown.as_object_mut()?.remove("cluster");
            Some((place, Announcement::of(&event, shown, deployment)))
        }
        Err(error) => {
            // It would stay so, and nothing behind it would ever be announced.
            tracing::error!(place, error = %error, "an event cannot be read, and is not announced");
            None
        }
    }
}

/// The place of the first that was not announced, though it should be.
async fn announce(bus: &dyn Bus, places: &[String], announcements: &[Announcement]) -> Option<String> {
    for parcel in parcels(announcements) {
        let (places, parcel) = (places.get(parcel.clone())?, announcements.get(parcel)?);
        let fates = match bus.announce(parcel).await {
            Ok(fates) => fates,
            Err(error) => {
                tracing::warn!(error = %error, "events not announced; they come again");
                return places.first().cloned();
            }
        };
        for (place, fate) in places.iter().zip(fates) {
            match fate {
                Fate::Taken => {}
                Fate::Refused(reason) => {
                    tracing::error!(place, reason, "an event is not announced: the bus refuses it");
                }
                Fate::Failed(reason) => {
                    tracing::warn!(place, reason, "an event is not announced; it comes again");
                    return Some(place.clone());
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
