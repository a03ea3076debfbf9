//! Invariants of a world that has come to rest.

mod letters;
pub(crate) mod pools;
mod receivers;
mod regions;

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
    rest.projects_are_apart();
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

    fn actions_have_ended(&mut self, world: &World) {
        for id in &world.book().acknowledged {
            if !self.actions.contains_key(&id.to_string()) {
                self.violations.push(format!("action {id} was accepted and is lost"));
            }
        }
        for (id, item) in &self.actions {
            let kind = text(item, "kind").unwrap_or_default();
            if !is_terminal(item) {
                self.violations.push(format!("action {id} {kind} never ends: {:?}", text(item, "status")));
            }
            for leftover in ["due", "due_at", "due_shard", "lease_until", "work", "owner"] {
                if item.contains_key(leftover) {
                    self.violations.push(format!("action {id} {kind} has ended and still has {leftover}"));
                }
            }
        }
    }

    fn clusters_are_settled(&mut self) {
        let mut violations = Vec::new();
        for (id, item) in &self.clusters {
            let status = text(item, "status").unwrap_or_default();
            if let Some(holder) = text(item, "active_action") {
                violations.push(format!("cluster {id} is held by {holder} for ever"));
            }
            if !matches!(status, "ACTIVE" | "WARNING" | "ERROR" | "CRITICAL") {
                violations.push(format!("cluster {id} is {status} for ever"));
            }
        }
        let members: BTreeSet<(String, String)> = self.members.keys().cloned().collect();
        let nodes: BTreeSet<(String, String)> = self
            .nodes
            .iter()
            .filter_map(|(id, item)| Some((text(item, "cluster_id")?.to_owned(), id.clone())))
            .collect();
        for (cluster, node) in members.difference(&nodes) {
            violations.push(format!("cluster {cluster} has a member {node} without a node"));
        }
        for (cluster, node) in nodes.difference(&members) {
            violations.push(format!("node {node} of cluster {cluster} is not its member"));
        }
        for (cluster, node) in &nodes {
            if !self.clusters.contains_key(cluster) {
                violations.push(format!("node {node} outlived its cluster {cluster}"));
            }
        }
        for ((cluster, node), member) in &self.members {
            if let Some(by) = text(member, "by") {
                violations.push(format!("member {node} of cluster {cluster} is pending for {by} for ever"));
            }
            let status = self.nodes.get(node).and_then(|node| text(node, "status"));
            if let Some(shared) = self.clusters.get(cluster).and_then(|cluster| cluster.get("shared")) {
                violations.push(format!("cluster {cluster} is shared by {shared} for ever"));
            }
            if status.is_some() && text(member, "st") != status {
                let listed = text(member, "st");
                violations.push(format!("node {node} is {status:?} and listed as {listed:?}"));
            }
            let index = self.nodes.get(node).and_then(|node| number(node, "index"));
            if index.is_some() && number(member, "ix") != index {
                violations.push(format!("node {node} has index {index:?} and is listed with another"));
            }
        }
        self.violations.extend(violations);
    }

    fn nodes_are_settled(&mut self) {
        let mut violations = Vec::new();
        for (id, item) in &self.nodes {
            let status = text(item, "status").unwrap_or_default();
            if let Some(holder) = text(item, "active_action") {
                violations.push(format!("node {id} is held by {holder} for ever"));
            }
            // One whose creation was cancelled before it began stays as it was recorded.
            let untouched = status == "INIT" && text(item, "physical_id").is_none();
            // One that a pool did not take, or does not let go, is there and says so.
            let warned = status == "WARNING" && text(item, "status_reason").is_some_and(pools::is_warning);
            if !matches!(status, "ACTIVE" | "ERROR") && !untouched && !warned {
                violations.push(format!("node {id} is {status} for ever"));
            }
            if status == "ACTIVE" {
                let own = text(item, "physical_id");
                let live = self
                    .instances
                    .iter()
                    .filter(|(instance, node, state)| {
                        node == id && Some(instance.as_str()) == own && *state == InstanceState::Active
                    })
                    .count();
                // Nobody has looked yet since it vanished.
                let vanished = own.is_some_and(|own| self.vanished.contains(own));
                if live != 1 && !vanished {
                    violations.push(format!("node {id} is active and its instance {own:?} is not"));
                }
            }
        }
        self.violations.extend(violations);
    }

    fn instances_are_claimed(&mut self) {
        let leaks = self
            .instances
            .iter()
            .filter(|(id, node, state)| {
                let owner = self.nodes.get(node).and_then(|node| text(node, "physical_id"));
                *state != InstanceState::Deleting && owner != Some(id.as_str()) && !self.foreign.contains(id)
            })
            .map(|(id, node, state)| {
                format!("instance {id} of node {node} ({state:?}) is claimed by nobody")
            });
        let leaks: Vec<String> = leaks.collect();
        self.violations.extend(leaks);
    }

    /// When the last action that changed a cluster's size succeeded, the cluster has that size.
    fn last_resize_holds(&mut self) {
        let mut violations = Vec::new();
        for (id, cluster) in &self.clusters {
            let own = self.actions.iter().filter(|(_, action)| {
                text(action, "target") == Some(id)
                    && SIZED.contains(&text(action, "kind").unwrap_or_default())
            });
            // One holder after the other: they are recorded in the order in which they run.
            let last = own.max_by_key(|(id, _)| self.order.get(*id));
            let succeeded = |(_, last): &(&String, &Arc<Item>)| text(last, "status") == Some("SUCCEEDED");
            let Some((last_id, last)) = last.filter(succeeded) else { continue };
            if changes_nothing(last) || !self.works_on_nodes(last_id, last) {
                continue;
            }
            // Requests for single members change the target beside it, and what failed to replace or to restore
            // members has left some more, or fewer.
            let beside = self.actions.values().any(|action| {
                text(action, "cluster_id") == Some(id)
                    && text(action, "parent").is_none()
                    && (matches!(text(action, "kind"), Some("NODE_CREATE" | "NODE_DELETE"))
                        || (matches!(
                            text(action, "kind"),
                            Some("CLUSTER_REPLACE_NODES" | "CLUSTER_RECOVER")
                        ) && text(action, "status") != Some("SUCCEEDED")))
                    && number(action, "end_time") > number(last, "created_at")
            });
            if beside {
                continue;
            }
            let members = self.members.keys().filter(|(cluster, _)| cluster == id).count();
            if number(cluster, "desired_capacity") != i64::try_from(members).ok() {
                violations.push(format!(
                    "{} of cluster {id} succeeded, which has {members} members and should have {:?}",
                    text(last, "kind").unwrap_or_default(),
                    number(cluster, "desired_capacity"),
                ));
            }
        }
        self.violations.extend(violations);
    }

    /// Whether an action took out or added what it named: there may be no such members.
    fn works_on_nodes(&self, id: &str, action: &Item) -> bool {
        let named = matches!(text(action, "kind"), Some("CLUSTER_DEL_NODES" | "CLUSTER_ADD_NODES"));
        !named || self.actions.values().any(|other| text(other, "parent") == Some(id))
    }

    /// A cluster's status is what its members make it, unless actions on single members came after: those that
    /// make or delete none do not judge it.
    fn clusters_are_judged_by_their_members(&mut self) {
        let mut violations = Vec::new();
        for (id, cluster) in &self.clusters {
            let apart = self.actions.values().any(|action| {
                text(action, "cluster_id") == Some(id)
                    && text(action, "parent").is_none()
                    && text(action, "kind").is_some_and(|kind| {
                        kind.starts_with("NODE_") && !matches!(kind, "NODE_CREATE" | "NODE_DELETE")
                    })
            });
            if apart {
                continue;
            }
            let own = self.members.iter().filter(|((cluster, _), _)| cluster == id);
            let own: Vec<_> = own.map(|(_, member)| text(member, "st") == Some("ACTIVE")).collect();
            let active = own.iter().filter(|active| **active).count();
            // A member whose instance was found gone or broken shows in its cluster, however many are wanted.
            if active < own.len() && text(cluster, "status") == Some("WARNING") {
                continue;
            }
            let size = |name| number(cluster, name).unwrap_or(0);
            let sizes = Sizes {
                min_size: size("min_size"),
                max_size: size("max_size"),
                desired_capacity: size("desired_capacity"),
            };
            let (judged, _) = evaluate("-", i64::try_from(active).unwrap_or(i64::MAX), &sizes);
            let status = text(cluster, "status");
            if status != Some(judged.name()) {
                violations.push(format!(
                    "cluster {id} with {active} active members and {sizes:?} is {status:?}, not {}",
                    judged.name()
                ));
            }
        }
        self.violations.extend(violations);
    }

    fn names_and_references_agree(&mut self, history: &History, world: &World) {
        let mut violations = Vec::new();
        let names: BTreeSet<(String, String)> =
            history.of_kind("NAME#").map(|(key, _)| key.clone()).collect();
        let mut expected = BTreeSet::new();
        let receivers = by_id(history, "R");
        let named = [("C", &self.clusters), ("P", &self.profiles), ("L", &self.policies), ("R", &receivers)];
        for (letter, items) in named {
            for (id, item) in items {
                let at = |name| text(item, name).unwrap_or_default();
                expected.insert((format!("NAME#{letter}#{}", at("project")), format!("{}#{id}", at("name"))));
            }
        }
        for difference in names.symmetric_difference(&expected) {
            violations.push(format!("name {difference:?} and what it names do not agree"));
        }
        let references: BTreeSet<(String, String)> = history
            .of_kind("P#")
            .filter_map(|((pk, sk), _)| Some((pk[2..].to_owned(), sk.strip_prefix("R#C#")?.to_owned())))
            .collect();
        let mut expected = BTreeSet::new();
        for (id, item) in &self.clusters {
            let listed: Vec<String> = text(item, "profile_refs")
                .and_then(|refs| serde_json::from_str(refs).ok())
                .unwrap_or_default();
            let current = text(item, "profile_id").unwrap_or_default().to_owned();
            if !listed.contains(&current) {
                violations.push(format!("cluster {id} does not refer to its profile"));
            }
            expected.extend(listed.into_iter().map(|profile| (profile, id.clone())));
        }
        for (profile, cluster) in references.symmetric_difference(&expected) {
            violations
                .push(format!("the references of profile {profile} and cluster {cluster} do not agree"));
        }
        let own: BTreeSet<(String, String)> = history
            .of_kind("P#")
            .filter_map(|((pk, sk), _)| Some((pk[2..].to_owned(), sk.strip_prefix("R#N#")?.to_owned())))
            .collect();
        let mut expected = BTreeSet::new();
        for (id, item) in self.nodes.iter().filter(|(_, item)| item.contains_key("own_reference")) {
            expected.insert((text(item, "profile_id").unwrap_or_default().to_owned(), id.clone()));
        }
        for (profile, node) in expected.symmetric_difference(&own) {
            violations.push(format!("the references of profile {profile} and node {node} do not agree"));
        }
        for (id, item) in self.nodes.iter().filter(|(_, item)| !item.contains_key("own_reference")) {
            let cluster = text(item, "cluster_id").and_then(|cluster| self.clusters.get(cluster));
            let refs = cluster.and_then(|cluster| text(cluster, "profile_refs")).unwrap_or_default();
            if !refs.contains(text(item, "profile_id").unwrap_or("?")) {
                violations
                    .push(format!("member {id} is made from a profile that its cluster does not refer to"));
            }
        }
        for (id, item) in self.nodes.iter().filter(|(_, item)| !item.contains_key("cluster_id")) {
            if !item.contains_key("own_reference") {
                violations.push(format!("orphan {id} has no reference of its own"));
            }
            if !self.profiles.contains_key(text(item, "profile_id").unwrap_or_default()) {
                violations.push(format!("orphan {id} is made from a profile that is gone"));
            }
        }
        for (profile, cluster) in &references {
            if !self.profiles.contains_key(profile) {
                violations.push(format!("cluster {cluster} refers to profile {profile}, which is gone"));
            }
        }
        for profile in &world.book().deleted_profiles {
            if self.profiles.contains_key(&profile.to_string()) {
                violations.push(format!("profile {profile} was deleted and is there"));
            }
        }
        for (key, item) in history.of_kind("PROJ#") {
            let project = &key.0["PROJ#".len()..];
            let clusters = self.clusters.values().filter(|cluster| text(cluster, "project") == Some(project));
            let clusters = i64::try_from(clusters.count()).ok();
            if number(item, "clusters") != clusters {
                let counted = number(item, "clusters");
                violations
                    .push(format!("project {project} counts {counted:?} clusters and has {clusters:?}"));
            }
        }
        self.violations.extend(violations);
    }

    /// What is attached to a cluster is there, knows of it, and is of its project.
    fn bindings_agree(&mut self, history: &History, world: &World) {
        let pairs = |letter: &str, marked: &str| -> BTreeSet<(String, String)> {
            let items = history.of_kind(letter);
            let pair = |pk: &str, sk: &str| Some((pk[2..].to_owned(), sk.strip_prefix(marked)?.to_owned()));
            items.filter_map(|((pk, sk), _)| pair(pk, sk)).collect()
        };
        let attached: BTreeSet<(String, String)> =
            pairs("C#", "P#").into_iter().map(|(cluster, policy)| (policy, cluster)).collect();
        for (policy, cluster) in attached.symmetric_difference(&pairs("L#", "R#C#")) {
            self.violations
                .push(format!("policy {policy} and cluster {cluster} do not agree on being bound"));
        }
        for (policy, cluster) in &attached {
            let project = |items: &Items, id: &str| {
                items.get(id).and_then(|item| text(item, "project")).map(str::to_owned)
            };
            let (policys, clusters) = (project(&self.policies, policy), project(&self.clusters, cluster));
            if policys.is_none() || policys != clusters {
                self.violations.push(format!(
                    "policy {policy} is bound to cluster {cluster}: {policys:?}, {clusters:?}"
                ));
            }
        }
        for policy in &world.book().deleted_policies {
            if self.policies.contains_key(&policy.to_string()) {
                self.violations.push(format!("policy {policy} was deleted and is there"));
            }
        }
    }

    fn projects_are_apart(&mut self) {
        let mut violations = Vec::new();
        for (id, node) in &self.nodes {
            let cluster = text(node, "cluster_id").and_then(|cluster| self.clusters.get(cluster));
            if cluster.is_some_and(|cluster| text(cluster, "project") != text(node, "project")) {
                violations.push(format!("node {id} is of another project than its cluster"));
            }
        }
        for (id, action) in &self.actions {
            let target = text(action, "cluster_id").and_then(|cluster| self.clusters.get(cluster));
            let project = text(action, "scope").and_then(|scope| scope.strip_prefix("X#"));
            if target.is_some_and(|cluster| text(cluster, "project") != project) {
                violations.push(format!("action {id} is of another project than its cluster"));
            }
        }
        self.violations.extend(violations);
    }
}
