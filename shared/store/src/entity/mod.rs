//! The kinds of resources and how each is laid out in items: a file a kind.

mod action;
mod cluster;
mod event;
mod node;
mod policy;
mod profile;
mod receiver;

pub(crate) use action::part_inputs;
pub(crate) use cluster::CLUSTER_BODY;

use crate::error::StoreError;
use crate::item::{Item, describe, required, s};
use crate::keys::{self, Key};
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
    /// A policy.
    Policy,
    /// A receiver.
    Receiver,
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
            Self::Policy => 'L',
            Self::Receiver => 'R',
            Self::Action => 'X',
            Self::Event => 'E',
        }
    }

    /// Whether names are kept in the table, so that a resource is found by its name at once.
    pub(crate) const fn keeps_names(self) -> bool {
        matches!(self, Self::Cluster | Self::Profile | Self::Policy | Self::Receiver)
    }
}

/// A resource that can be stored, found and listed.
pub trait Entity: Sized + Clone + Send + Sync {
    /// Which kind it is.
    const KIND: Kind;
    /// The sort key of its default order.
    const ORDER: &'static str;
    /// The sort key that the index by age follows.
    const AGE: &'static str = Self::ORDER;
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
    /// Where the rest of a resource is, if this item of it says that some is elsewhere.
    fn rest(_item: &Item) -> Option<Key> {
        None
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
