//! Clusters: two items each.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::host::show_hosted;
use crate::item::{Item, required, with_key};
use crate::keys::{self, Key};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::ClusterId;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

/// A cluster's bulky attributes, which live in an item of their own: the rest is written often.
pub(crate) const CLUSTER_BODY: [&str; 4] = ["metadata", "config", "data", "dependents"];

impl Entity for Cluster {
    const KIND: Kind = Kind::Cluster;
    const ORDER: &'static str = "init_at";
    type Id = ClusterId;

    fn id_of(uuid: Uuid) -> ClusterId {
        ClusterId::new(uuid)
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
            "name" => Some(self.name.clone()),
            "status" => Some(self.status.name().to_owned()),
            "init_at" => time(Some(self.init_at)),
            "created_at" => time(self.created_at),
            "updated_at" => time(self.updated_at),
            _ => None,
        }
    }
    fn keys(id: ClusterId) -> Vec<Key> {
        vec![keys::cluster(id), keys::cluster_body(id)]
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &CLUSTER_BODY);
        let body: Item = CLUSTER_BODY.iter().filter_map(|name| own.remove_entry(*name)).collect();
        let mut items = vec![with_key(&keys::cluster(self.id), own)];
        if !body.is_empty() {
            items.push(with_key(&keys::cluster_body(self.id), body));
        }
        Ok(items)
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        let mut whole = own_item(items, Kind::Cluster)?.clone();
        for item in items.iter().filter(|item| required(item, "sk").is_ok_and(|sk| sk == keys::BODY)) {
            for name in CLUSTER_BODY {
                if let Some(value) = item.get(name) {
                    whole.insert(name.to_owned(), value.clone());
                }
            }
        }
        let mut cluster: Self =
            decode(&whole, &["metadata", "config", "data", "dependents", "profile_refs"], &[])?;
        show_hosted(&whole, &mut cluster.dependents);
        Ok(cluster)
    }
}
