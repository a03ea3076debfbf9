//! Receivers.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::item::{Item, with_key};
use crate::keys;
use crate::schedule::run_attributes;
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::Receiver;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

impl Entity for Receiver {
    const KIND: Kind = Kind::Receiver;
    const ORDER: &'static str = "name";
    const AGE: &'static str = "created_at";
    type Id = ReceiverId;

    fn id_of(uuid: Uuid) -> ReceiverId {
        ReceiverId::new(uuid)
    }
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn project(&self) -> &str {
        &self.project
    }
    fn listed_at(&self) -> Timestamp {
        self.created_at
    }
    fn sort_value(&self, key: &str) -> Option<String> {
        match key {
            "type" => Some(self.kind.name().to_owned()),
            "name" => Some(self.name.clone()),
            "action" => self.action.map(|action| action.name().to_owned()),
            "cluster_id" => self.cluster_id.map(|id| id.to_string()),
            "created_at" => time(Some(self.created_at)),
            "user" => Some(self.user.clone()),
            _ => None,
        }
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &["actor", "channel"]);
        own.extend(run_attributes(self));
        Ok(vec![with_key(&keys::receiver(self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        let own = own_item(items, Kind::Receiver)?;
        let json = ["roles", "actor", "params", "channel", "schedule", "protection"];
        decode(own, &json, &["params", "schedule", "protection"])
    }
}
