//! The kinds of resources and how each is laid out in items.

use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::item::{Item, describe, required, s, with_key};
use crate::keys::{self, Key};
use coppice_domain::action::Action;
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_domain::ids::{ActionId, ClusterId, EventId, NodeId, ProfileId};
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use std::fmt::Display;
use std::str::FromStr;
use uuid::Uuid;

/// The kinds of resources clients see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A cluster.
    Cluster,
    /// A node.
    Node,
    /// A profile.
    Profile,
    /// An action.
    Action,
    /// An event.
    Event,
}

impl Kind {
    /// The letter keys begin with.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Cluster => 'C',
            Self::Node => 'N',
            Self::Profile => 'P',
            Self::Action => 'X',
            Self::Event => 'E',
        }
    }
}

/// A resource that can be stored, found and listed.
pub trait Entity: Sized + Clone + Send + Sync {
    /// Which kind it is.
    const KIND: Kind;
    /// The sort key of its default order, which the `list` index follows.
    const ORDER: &'static str;
    /// Its type of id.
    type Id: Copy + Display + FromStr + Send + Sync;

    /// The id in this UUID.
    fn id_of(uuid: Uuid) -> Self::Id;
    /// Its id.
    fn uuid(&self) -> Uuid;
    /// Its name; events have none.
    fn name(&self) -> &str;
    /// The project it belongs to.
    fn project(&self) -> &str;
    /// The time it is listed under: creation.
    fn listed_at(&self) -> Timestamp;
    /// The value of a sort key of spec api-common §13, in an order-preserving form; `None` sorts first.
    fn sort_value(&self, key: &str) -> Option<String>;

    /// The keys of the items that make it up: its own first.
    fn keys(id: Self::Id) -> Vec<Key> {
        vec![keys::entity(Self::KIND, id)]
    }
    /// The record as items, without index keys.
    fn encode(&self) -> Result<Vec<Item>, StoreError>;
    /// The record from its items, which come in any order.
    fn decode(items: &[Item]) -> Result<Self, StoreError>;
}

/// The items of an entity with the keys every index needs.
pub(crate) fn indexed<T: Entity>(entity: &T, by_name: bool) -> Result<Vec<Item>, StoreError> {
    let mut items = entity.encode()?;
    if let Some(own) = items.first_mut() {
        own.insert("scope".to_owned(), s(keys::scope(T::KIND, entity.project())));
        own.insert("listed".to_owned(), s(keys::listed(entity.listed_at(), entity.uuid())));
        if by_name {
            own.insert("named".to_owned(), s(keys::named(entity.name(), entity.uuid())));
        }
    }
    Ok(items)
}

fn own_item(items: &[Item], kind: Kind) -> Result<&Item, StoreError> {
    let pattern = format!("{}#", kind.letter());
    for item in items {
        if required(item, "sk")? == keys::SELF && required(item, "pk")?.starts_with(&pattern) {
            return Ok(item);
        }
    }
    Err(StoreError::Corrupt(format!(
        "no {kind:?} among {}",
        items.first().map_or_else(|| "no items".to_owned(), describe)
    )))
}

fn count(number: i64) -> Option<String> {
    // Offset, so that negative numbers sort before positive ones as text.
    Some(format!("{:020}", i128::from(number) + (1 << 63)))
}

fn time(moment: Option<Timestamp>) -> Option<String> {
    count(moment?.micros())
}

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
        decode(&whole, &["metadata", "config", "data", "dependents", "profile_refs"], &[])
    }
}

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
        decode(own_item(items, Kind::Node)?, &["metadata", "data", "dependents"], &["metadata"])
    }
}

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
        Ok(vec![with_key(&keys::action(self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        decode(own_item(items, Kind::Action)?, &["inputs", "outputs", "data"], &[])
    }
}

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
