//! Actions.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::item::{Item, required, s, with_key};
use crate::keys;
use coppice_domain::action::Action;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

impl Entity for Action {
    const KIND: Kind = Kind::Action;
    const ORDER: &'static str = "created_at";
    type Id = ActionId;

    fn id_of(uuid: Uuid) -> ActionId {
        ActionId::new(uuid)
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
            "name" => Some(self.name.clone()),
            "target" => Some(self.target.to_string()),
            "action" => Some(self.kind.name().to_owned()),
            "created_at" => time(Some(self.created_at)),
            "status" => Some(self.status.name().to_owned()),
            _ => None,
        }
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &["inputs", "outputs", "data"]);
        // The key that actions are listed under ends in the project.
        own.remove("project");
        Ok(vec![with_key(&keys::action(self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        let mut own = own_item(items, Kind::Action)?.clone();
        let scope = required(&own, "scope")?;
        let project = scope.split_once('#').map_or(scope, |(_, project)| project).to_owned();
        own.insert("project".to_owned(), s(project));
        decode(&own, &["inputs", "outputs", "data"], &[])
    }
}
