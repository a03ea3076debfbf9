//! The event bus on EventBridge.

use async_trait::async_trait;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::DisplayErrorContext;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use coppice_domain::announcement::{Announcement, Fate, SOURCE};
use coppice_engine::{Bus, BusError};

/// A bus of EventBridge, by its name.
#[derive(Clone, Debug)]
pub struct EventBridge {
    client: Client,
    name: String,
}

impl EventBridge {
    /// The bus of this name.
    #[must_use]
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    fn entry(&self, announcement: &Announcement) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(&announcement.detail_type)
            .detail(&announcement.detail)
            .time(DateTime::from_secs(announcement.time.seconds()))
            .build()
    }
}

#[async_trait]
impl Bus for EventBridge {
    async fn announce(&self, parcel: &[Announcement]) -> Result<Vec<Fate>, BusError> {
        let entries = parcel.iter().map(|announcement| self.entry(announcement)).collect();
        let answer = self.client.put_events().set_entries(Some(entries)).send().await;
        let answer = answer.map_err(|error| BusError(DisplayErrorContext(error).to_string()))?;
        let fates = answer.entries().iter().map(|entry| Fate::of(entry.error_code(), entry.error_message()));
        let fates: Vec<Fate> = fates.collect();
        if fates.len() == parcel.len() {
            Ok(fates)
        } else {
            Err(BusError(format!("{} announcements have {} answers", parcel.len(), fates.len())))
        }
    }
}
