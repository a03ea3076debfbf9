//! Invariants of a world that has come to rest.

mod letters;
pub(crate) mod pools;
mod receivers;
mod references;
mod regions;
mod settled;

use crate::adopt_story::SOMEBODY;
use crate::history::{History, Item, Key, key_of, number, text};
use crate::watch::is_terminal;
use crate::world::World;
use coppice_compute::simulated::{InstanceStore, Record};
use coppice_compute::{Filter, InstanceState};
use coppice_domain::cluster::Sizes;
use coppice_domain::evaluate::evaluate;
use coppice_domain::ids::{EventId, NodeId};
use coppice_domain::time::{Clock, Timestamp};
use futures::FutureExt;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Actions after which a cluster has as many members as it should.
const SIZED: [&str; 7] = [
    "CLUSTER_CREATE",
    "CLUSTER_DELETE",
    "CLUSTER_RESIZE",
    "CLUSTER_SCALE_IN",
    "CLUSTER_SCALE_OUT",
    "CLUSTER_ADD_NODES",
    "CLUSTER_DEL_NODES",
];

pub(crate) type Items = BTreeMap<String, Arc<Item>>;

/// The resources of a world at rest.
struct Rest {
    clusters: Items,
    nodes: Items,
    profiles: Items,
    policies: Items,
    actions: Items,
    /// Members, by cluster and node.
    members: BTreeMap<(String, String), Arc<Item>>,
    /// Instances that exist: (id, node, state).
    instances: Vec<(String, String, InstanceState)>,
    /// Those that somebody else made, and that no client was told are nodes now.
    foreign: BTreeSet<String>,
    /// Those that vanished by themselves.
    vanished: BTreeSet<String>,
    violations: Vec<String>,
    /// The place of each action in the order in which they were recorded.
    order: BTreeMap<String, usize>,
}

pub(crate) fn by_id(history: &History, letter: &str) -> Items {
    let prefix = format!("{letter}#");
    let own = history.of_kind(&prefix).filter(|(key, _)| key.1 == "A");
    own.map(|(key, item)| (key.0[prefix.len()..].to_owned(), item.clone())).collect()
}

/// Everything that is wrong with a world at rest.
pub(crate) fn check(world: &World) -> Vec<String> {
    let state = world.table.state();
    let history = &state.history;
    let instances = instances(world);
    let mut rest = Rest {
        clusters: by_id(history, "C"),
        nodes: by_id(history, "N"),
        profiles: by_id(history, "P"),
        policies: by_id(history, "L"),
        actions: by_id(history, "X"),
        members: BTreeMap::new(),
        instances,
        foreign: foreign(world),
        vanished: world.vanished.clone(),
        violations: state.watch.violations().to_vec(),
        order: BTreeMap::new(),
    };
    rest.order = rest.actions.keys().map(|id| (id.clone(), state.watch.place(id))).collect();
    for ((pk, sk), item) in history.of_kind("C#") {
        if let Some(node) = sk.strip_prefix("M#") {
            rest.members.insert((pk[2..].to_owned(), node.to_owned()), item.clone());
        }
    }
    rest.violations.extend(world.book().violations.iter().cloned());
    let known: BTreeMap<&Key, &Item> = history.items().map(|(key, item)| (key, item.as_ref())).collect();
    let dump: Vec<(Key, Item)> =
        world.table.dump().into_iter().map(|item| (key_of(&Value::Object(item.clone())), item)).collect();
    if known != dump.iter().map(|(key, item)| (key, item)).collect() {
        rest.violations.push("the simulation's own view of the table is wrong".to_owned());
    }
    rest.actions_have_ended(world);
    rest.events_tell(history);
    rest.clusters_are_settled();
    rest.nodes_are_settled();
    rest.instances_are_claimed();
    rest.last_resize_holds();
    rest.clusters_are_judged_by_their_members();
    rest.names_and_references_agree(history, world);
    rest.bindings_agree(history, world);
    rest.violations.extend(crate::health::check(world, history));
    rest.projects_are_apart(history, world);
    let served = pools::check(&rest, history, world);
    rest.violations.extend(served);
    let called = receivers::check(&rest, history, world);
    rest.violations.extend(called);
    let answered = letters::check(&rest, history, world);
    rest.violations.extend(answered);
    let spread = regions::check(&rest);
    rest.violations.extend(spread);
    rest.violations
}

/// How the actions of a kind have ended.
pub(crate) fn ended(world: &World, kind: coppice_domain::action::ActionKind) -> Vec<String> {
    let state = world.table.state();
    let actions = by_id(&state.history, "X");
    let own = actions.values().filter(|action| text(action, "kind") == Some(kind.name()));
    own.map(|action| text(action, "status").unwrap_or("-").to_owned()).collect()
}

/// Whether policies decided that an action makes no node and takes none out: the best that could be done.
fn changes_nothing(action: &Item) -> bool {
    let data = text(action, "data").and_then(|data| serde_json::from_str::<Value>(data).ok());
    let data = data.unwrap_or(Value::Null);
    ["creation", "deletion"].iter().any(|part| data[part]["count"] == 0)
}

/// How often what happened.
pub(crate) fn tally(world: &World) -> BTreeMap<String, u64> {
    let state = world.table.state();
    let mut tally = BTreeMap::new();
    for (letter, kind) in [("X", "kind"), ("N", "-"), ("C", "-")] {
        for item in by_id(&state.history, letter).values() {
            let words = [letter, text(item, kind).unwrap_or("-"), text(item, "status").unwrap_or("-")];
            *tally.entry(words.join(" ")).or_default() += 1;
        }
    }
    tally
}

/// Every record of an instance that the backend keeps, whoever made it.
pub(crate) fn records(world: &World) -> Vec<Record> {
    let mut records = records_of(world, &world.deployment);
    records.extend(records_of(world, SOMEBODY));
    records
}

fn records_of(world: &World, deployment: &str) -> Vec<Record> {
    let span = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let filter = Filter::Deployment { name: deployment, from: span.0, before: span.1 };
    let (mut found, mut mark) = (Vec::new(), None);
    loop {
        let page =
            world.instances.list(filter, mark.as_ref()).now_or_never().expect("memory answers at once");
        let page = page.expect("memory answers");
        found.extend(page.records);
        mark = page.next;
        if mark.is_none() {
            return found;
        }
    }
}

/// Those that exist, with the node that they were made for, or that has adopted them if any has.
pub(crate) fn instances(world: &World) -> Vec<(String, String, InstanceState)> {
    let now = world.clock.now();
    let shown = |record: Record| {
        let instance = record.instance_at(now)?;
        let own = record.tags.deployment == world.deployment;
        let node = if own { record.tags.node } else { NodeId::adopting(&instance.id) };
        Some((instance.id, node.to_string(), instance.state))
    };
    records(world).into_iter().filter_map(shown).collect()
}

fn foreign(world: &World) -> BTreeSet<String> {
    let adopted: BTreeSet<String> = world.book().adopted.iter().cloned().collect();
    let records = records_of(world, SOMEBODY).into_iter();
    records.map(|record| record.id).filter(|id| !adopted.contains(id)).collect()
}

impl Rest {
    /// What was asked for and done has a beginning and an end in the history of events.
    fn events_tell(&mut self, history: &History) {
        let events = by_id(history, "E");
        let done = self.actions.iter().filter(|(_, action)| {
            // A node that is gone before its deletion begins has no history any more.
            text(action, "status") == Some("SUCCEEDED")
                && text(action, "parent").is_none()
                && text(action, "kind") != Some("NODE_DELETE")
        });
        for (id, action) in done {
            let Ok(id) = id.parse() else { continue };
            for phase in ["start", "end"] {
                if !events.contains_key(&EventId::derived(id, phase, 0).to_string()) {
                    let kind = text(action, "kind").unwrap_or_default();
                    self.violations.push(format!("{kind} {id} was done, and no event tells of its {phase}"));
                }
            }
        }
    }
}
