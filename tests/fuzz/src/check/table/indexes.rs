//! Every resource is in the indexes by which it is listed and found, under its own project, which is in the
//! register that administrators' lists walk.

use super::{Item, Table, text};
use crate::check::{Complaints, ensure};
use coppice_domain::action::{Action, ActionKind};
use coppice_store::keys::{self, Key};
use coppice_store::{Entity, Kind};

pub(super) fn check(table: &Table, complaints: &mut Complaints) {
    each(table, &table.clusters, complaints);
    each(table, &table.nodes, complaints);
    each(table, &table.profiles, complaints);
    each(table, &table.policies, complaints);
    each(table, &table.receivers, complaints);
    each(table, &table.actions, complaints);
    each(table, &table.events, complaints);
    for node in &table.nodes {
        by_name(table, node, &keys::named(&node.name, node.id.uuid()), complaints);
    }
    for action in table.actions.iter().filter(|action| is_requested_check(action)) {
        by_name(table, action, &keys::check(action.target, action.id), complaints);
    }
}

fn is_requested_check(action: &Action) -> bool {
    action.kind == ActionKind::ClusterCheck && action.parent.is_none()
}

fn each<T: Entity>(table: &Table, resources: &[T], complaints: &mut Complaints) {
    for resource in resources {
        let (project, id) = (resource.project(), resource.uuid());
        let item = own(table, resource);
        let own_id = id.to_string();
        let expected = [
            ("scope", keys::scope(T::KIND, project)),
            ("listed", keys::listed(resource.listed_at(), id)),
            ("id", own_id),
        ];
        for (attribute, value) in expected {
            let is = text(item, attribute);
            ensure(complaints, is == Some(&value), || {
                format!("{attribute} of {:?} {id} is {is:?}, not {value}", T::KIND)
            });
        }
        let entry = table.items.contains_key(&keys::project_entry(project));
        ensure(complaints, entry, || {
            format!("the project of {:?} {id} is not registered: {project}", T::KIND)
        });
    }
}

fn by_name<T: Entity>(table: &Table, resource: &T, name: &str, complaints: &mut Complaints) {
    let is = text(own(table, resource), "named");
    ensure(complaints, is == Some(name), || format!("{:?} {} is found as {is:?}", T::KIND, resource.uuid()));
}

fn own<'a, T: Entity>(table: &'a Table, resource: &T) -> &'a Item {
    let kind: Kind = T::KIND;
    let key: Key = keys::entity(kind, resource.uuid());
    table.items.get(&key).expect("it was read from there")
}
