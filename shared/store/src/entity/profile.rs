//! Profiles.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, encode};
use crate::error::StoreError;
use crate::item::{Item, with_key};
use crate::keys;
use coppice_domain::ids::ProfileId;
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

impl Entity for Profile {
    const KIND: Kind = Kind::Profile;
    const ORDER: &'static str = "created_at";
    type Id = ProfileId;

    fn id_of(uuid: Uuid) -> ProfileId {
        ProfileId::new(uuid)
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
        Ok(vec![with_key(&keys::profile(self.id), encode(self)?)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        decode(own_item(items, Kind::Profile)?, &["spec", "metadata"], &["metadata"])
    }
}
