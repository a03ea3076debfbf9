//! Nodes.

use super::{Entity, Kind, count, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::host::show_hosted;
use crate::item::{Item, with_key};
use crate::keys;
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

impl Entity for Node {
    const KIND: Kind = Kind::Node;
    const ORDER: &'static str = "init_at";
    type Id = NodeId;

    fn id_of(uuid: Uuid) -> NodeId {
        NodeId::new(uuid)
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
        self.init_at
    }
    fn sort_value(&self, key: &str) -> Option<String> {
        match key {
            "index" => count(self.index),
            "name" => Some(self.name.clone()),
            "status" => Some(self.status.name().to_owned()),
            "init_at" => time(Some(self.init_at)),
            "created_at" => time(self.created_at),
            "updated_at" => time(self.updated_at),
            _ => None,
        }
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &["data", "dependents"]);
        Ok(vec![with_key(&keys::node(self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        let own = own_item(items, Kind::Node)?;
        let mut node: Self = decode(own, &["metadata", "data", "dependents"], &["metadata"])?;
        show_hosted(own, &mut node.dependents);
        Ok(node)
    }
}
