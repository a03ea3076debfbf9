//! Policies.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::item::{Item, with_key};
use crate::keys;
use coppice_domain::ids::PolicyId;
use coppice_domain::policy::Policy;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

impl Entity for Policy {
    const KIND: Kind = Kind::Policy;
    const ORDER: &'static str = "created_at";
    type Id = PolicyId;

    fn id_of(uuid: Uuid) -> PolicyId {
        PolicyId::new(uuid)
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
            "type" => Some(self.type_name.clone()),
            "name" => Some(self.name.clone()),
            "created_at" => time(Some(self.created_at)),
            "updated_at" => time(self.updated_at),
            _ => None,
        }
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &["data"]);
        Ok(vec![with_key(&keys::policy(self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        decode(own_item(items, Kind::Policy)?, &["spec", "data"], &[])
    }
}
