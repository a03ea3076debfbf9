//! Every resource whose kind keeps names has its name, and every name somebody who bears it.

use super::{Table, compare};
use crate::check::Complaints;
use coppice_store::Entity;
use coppice_store::keys::{self, Key};
use std::collections::BTreeSet;

pub(super) fn check(table: &Table, complaints: &mut Complaints) {
    let mut should = BTreeSet::new();
    should.extend(table.clusters.iter().map(name));
    should.extend(table.profiles.iter().map(name));
    should.extend(table.policies.iter().map(name));
    should.extend(table.receivers.iter().map(name));
    compare("a name", &table.keys("NAME#", ""), &should, complaints);
}

fn name<T: Entity>(resource: &T) -> Key {
    keys::name(T::KIND, resource.project(), resource.name(), resource.uuid())
}
