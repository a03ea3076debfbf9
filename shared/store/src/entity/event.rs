//! Events.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::item::{Item, with_key};
use crate::keys;
use coppice_domain::event::Event;
use coppice_domain::ids::EventId;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

impl Entity for Event {
    const KIND: Kind = Kind::Event;
    const ORDER: &'static str = "timestamp";
    type Id = EventId;

    fn id_of(uuid: Uuid) -> EventId {
        EventId::new(uuid)
    }
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn name(&self) -> &str {
        ""
    }
    fn project(&self) -> &str {
        &self.project
    }
    fn listed_at(&self) -> Timestamp {
        self.timestamp
    }
    fn sort_value(&self, key: &str) -> Option<String> {
        match key {
            "timestamp" => time(Some(self.timestamp)),
            // The reference keeps levels as the text of a number: two digits each.
            "level" => Some(format!("{}", self.level as u8)),
            "otype" => Some(self.otype.clone()),
            "oname" => Some(self.oname.clone()),
            "action" => Some(self.action.clone()),
            "status" => Some(self.status.name().to_owned()),
            "oid" => Some(self.oid.to_string()),
            "cluster_id" => self.cluster_id.map(|id| id.to_string()),
            _ => None,
        }
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &["meta_data"]);
        Ok(vec![with_key(&keys::entity(Kind::Event, self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        decode(own_item(items, Kind::Event)?, &["meta_data"], &[])
    }
}
