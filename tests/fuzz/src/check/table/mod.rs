//! What must hold of the resource table as a whole: every item is part of something that is there, and
//! everything that is there has all its items.
//!
//! [`structure`] holds between any two requests. [`rest`] holds once everything accepted has been done.

mod actions;
mod indexes;
mod members;
mod names;
mod references;
mod rest;
mod schedules;
#[cfg(test)]
mod tests;

pub(crate) use rest::rest;

use super::Complaints;
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::action::Action;
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_domain::node::Node;
use coppice_domain::policy::Policy;
use coppice_domain::profile::Profile;
use coppice_domain::receiver::Receiver;
use coppice_e2e::TestApp;
use coppice_local::services::TABLE;
use coppice_store::Entity;
use coppice_store::keys::{BODY, Key, SELF};
use std::collections::{BTreeMap, BTreeSet, HashMap};

type Item = HashMap<String, AttributeValue>;

/// The table, read to its end, and the resources in it.
pub(crate) struct Table {
    items: BTreeMap<Key, Item>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) actions: Vec<Action>,
    pub(crate) events: Vec<Event>,
    unreadable: Complaints,
}

impl Table {
    /// Reads the table.
    pub(crate) async fn read(app: &TestApp) -> Self {
        let (mut items, mut from) = (BTreeMap::new(), None);
        loop {
            let scan = app.system.services.aws.dynamodb.scan().table_name(TABLE).consistent_read(true);
            let page = scan.set_exclusive_start_key(from).send().await.expect("the table can be read");
            for item in page.items.unwrap_or_default() {
                let part = |name: &str| text(&item, name).unwrap_or_default().to_owned();
                items.insert(Key { pk: part("pk"), sk: part("sk") }, item);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Self::of(items);
            }
        }
    }

    fn of(items: BTreeMap<Key, Item>) -> Self {
        let mut unreadable = Complaints::new();
        Self {
            clusters: entities(&items, &mut unreadable),
            nodes: entities(&items, &mut unreadable),
            profiles: entities(&items, &mut unreadable),
            policies: entities(&items, &mut unreadable),
            receivers: entities(&items, &mut unreadable),
            actions: entities(&items, &mut unreadable),
            events: entities(&items, &mut unreadable),
            items,
            unreadable,
        }
    }

    /// Everything that is wrong between the items.
    pub(crate) fn structure(&self) -> Complaints {
        let mut complaints = self.unreadable.clone();
        names::check(self, &mut complaints);
        indexes::check(self, &mut complaints);
        references::check(self, &mut complaints);
        members::check(self, &mut complaints);
        actions::check(self, &mut complaints);
        schedules::check(self, &mut complaints);
        complaints
    }

    /// The keys of the items of partitions that begin with `prefix` whose place does with `within`.
    fn keys(&self, prefix: &str, within: &str) -> BTreeSet<Key> {
        let keys = self.items.keys();
        keys.filter(|key| key.pk.starts_with(prefix) && key.sk.starts_with(within)).cloned().collect()
    }
}

/// The resources of one kind.
fn entities<T: Entity>(items: &BTreeMap<Key, Item>, unreadable: &mut Complaints) -> Vec<T> {
    let prefix = format!("{}#", T::KIND.letter());
    let own = items.iter().filter(|(key, _)| key.pk.starts_with(&prefix) && key.sk == SELF);
    own.filter_map(|(key, item)| {
        let body = Key { pk: key.pk.clone(), sk: BODY.to_owned() };
        let whole: Vec<Item> = [Some(item), items.get(&body)].into_iter().flatten().cloned().collect();
        T::decode(&whole).map_err(|error| unreadable.push(error.to_string())).ok()
    })
    .collect()
}

/// Complains of every item that should be there and is not, and of every one that should not and is.
fn compare(what: &str, there: &BTreeSet<Key>, should: &BTreeSet<Key>, complaints: &mut Complaints) {
    let name = |key: &Key| format!("{} / {}", key.pk, key.sk);
    complaints.extend(should.difference(there).map(|key| format!("{what} is missing: {}", name(key))));
    complaints.extend(there.difference(should).map(|key| format!("{what} of nothing: {}", name(key))));
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}
