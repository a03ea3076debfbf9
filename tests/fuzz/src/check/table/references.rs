//! Who refers to a profile or a policy is recorded beside it; receivers and bindings stand beside their cluster;
//! and nothing of a cluster outlives it.

use super::{Table, compare, text};
use crate::check::{Complaints, ensure};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::{ClusterId, PolicyId, ProfileId};
use coppice_domain::node::Node;
use coppice_domain::policy::Policy;
use coppice_domain::profile::Profile;
use coppice_store::keys::{self, BINDING, CALLS, Key, RECEIVER, REFERENCE, SELF};
use coppice_store::{Entity, Kind};
use std::collections::BTreeSet;

pub(super) fn check(table: &Table, complaints: &mut Complaints) {
    profiles(table, complaints);
    hosts(table, complaints);
    bindings(table, complaints);
    receivers(table, complaints);
    leftovers(table, complaints);
    clusters_are_counted(table, complaints);
}

fn profiles(table: &Table, complaints: &mut Complaints) {
    let by_cluster = table.clusters.iter().flat_map(|cluster| {
        let refer = |profile| keys::reference(Kind::Profile, profile, Kind::Cluster, cluster.id.uuid());
        cluster.profile_refs.iter().map(move |profile| refer(profile.uuid()))
    });
    let own = table.nodes.iter().filter(|node| node.own_reference);
    let by_node =
        own.map(|node| keys::reference(Kind::Profile, node.profile_id.uuid(), Kind::Node, node.id.uuid()));
    let should: BTreeSet<Key> = by_cluster.chain(by_node).collect();
    // An update under way has reserved its profile.
    let reserved: BTreeSet<Key> = table.nodes.iter().filter_map(|node| reservation(table, node)).collect();
    let mut there = table.keys("P#", REFERENCE);
    there.retain(|key| should.contains(key) || !reserved.contains(key));
    compare("a reference to a profile", &there, &should, complaints);
    for key in &should {
        exists::<Profile>(table, &key.pk, complaints);
    }
    for cluster in &table.clusters {
        let refers = cluster.profile_refs.contains(&cluster.profile_id);
        ensure(complaints, refers, || format!("cluster {} does not refer to its profile", cluster.id));
    }
    for node in table.nodes.iter().filter(|node| node.cluster_id.is_none()) {
        ensure(complaints, node.own_reference, || {
            format!("orphan {} does not refer to its profile", node.id)
        });
    }
    // The cluster's references cover the members that have none of their own.
    let covered = |cluster: &Cluster, node: &Node| {
        node.cluster_id == Some(cluster.id) && cluster.profile_refs.contains(&node.profile_id)
    };
    for node in table.nodes.iter().filter(|node| node.cluster_id.is_some() && !node.own_reference) {
        ensure(complaints, table.clusters.iter().any(|cluster| covered(cluster, node)), || {
            format!("neither member {} nor its cluster refers to its profile {}", node.id, node.profile_id)
        });
    }
}

/// A profile and what hosts it name each other, as long as both are there.
fn hosts(table: &Table, complaints: &mut Complaints) {
    let own = |key: &&Key| key.sk == SELF;
    let (mut named, mut listed) = (BTreeSet::new(), BTreeSet::new());
    for key in table.items.keys().filter(own) {
        let item = &table.items[key];
        if let Some(host) = text(item, "host") {
            named.insert((host.to_owned(), key.pk.clone()));
        }
        for profile in item.get("hosted").and_then(|set| set.as_ss().ok()).into_iter().flatten() {
            listed.insert((key.pk.clone(), format!("P#{profile}")));
        }
    }
    named.retain(|(host, _)| table.items.contains_key(&Key { pk: host.clone(), sk: SELF.to_owned() }));
    for (host, profile) in named.symmetric_difference(&listed) {
        complaints.push(format!("{profile} and its host {host} do not name each other"));
    }
}

/// What the action that holds a node may have reserved for it.
fn reservation(table: &Table, node: &Node) -> Option<Key> {
    let holder = node.active_action?;
    let action = table.actions.iter().find(|action| action.id == holder)?;
    let profile: ProfileId = action.inputs.get("new_profile_id")?.as_str()?.parse().ok()?;
    Some(keys::reference(Kind::Profile, profile.uuid(), Kind::Node, node.id.uuid()))
}

fn bindings(table: &Table, complaints: &mut Complaints) {
    let mut should = BTreeSet::new();
    for key in table.keys("C#", BINDING) {
        let ids = key.pk.strip_prefix("C#").zip(key.sk.strip_prefix(BINDING));
        let ids = ids.and_then(|(cluster, policy)| {
            Some((cluster.parse::<ClusterId>().ok()?, policy.parse::<PolicyId>().ok()?))
        });
        let Some((cluster, policy)) = ids else {
            complaints.push(format!("{} / {} is no binding", key.pk, key.sk));
            continue;
        };
        should.insert(keys::reference(Kind::Policy, policy.uuid(), Kind::Cluster, cluster.uuid()));
    }
    compare("a reference to a policy", &table.keys("L#", REFERENCE), &should, complaints);
    for key in &should {
        exists::<Policy>(table, &key.pk, complaints);
    }
}

fn receivers(table: &Table, complaints: &mut Complaints) {
    let acting = table.receivers.iter().filter_map(|receiver| Some((receiver.cluster_id?, receiver.id)));
    let should: BTreeSet<Key> = acting.map(|(cluster, id)| keys::cluster_receiver(cluster, id)).collect();
    compare("a receiver of a cluster", &table.keys("C#", RECEIVER), &should, complaints);
}

/// Whatever stands in the partition of a resource stands beside the resource; but what counts a receiver's calls
/// is forgotten by itself.
fn leftovers(table: &Table, complaints: &mut Complaints) {
    for (key, item) in &table.items {
        if key.pk.starts_with("R#") && key.sk == CALLS && item.contains_key("expires_at") {
            continue;
        }
        let of_resource = key.pk.split_once('#').is_some_and(|(kind, _)| kind.len() == 1);
        let own = Key { pk: key.pk.clone(), sk: SELF.to_owned() };
        let whole = !of_resource || table.items.contains_key(&own);
        ensure(complaints, whole, || format!("{} / {} has outlived what it belongs to", key.pk, key.sk));
    }
}

fn clusters_are_counted(table: &Table, complaints: &mut Complaints) {
    for (key, item) in table.items.range(Key { pk: "PROJ#".to_owned(), sk: String::new() }..) {
        let Some(project) = key.pk.strip_prefix("PROJ#") else { break };
        let counted =
            item.get("clusters").and_then(|count| count.as_n().ok()).and_then(|count| count.parse().ok());
        let there = table.clusters.iter().filter(|cluster| cluster.project == project).count();
        ensure(complaints, counted == Some(there), || {
            format!("project {project} counts {counted:?} clusters and has {there}")
        });
    }
}

fn exists<T: Entity>(table: &Table, pk: &str, complaints: &mut Complaints) {
    let own = Key { pk: pk.to_owned(), sk: SELF.to_owned() };
    let kind = T::KIND;
    ensure(complaints, table.items.contains_key(&own), || {
        format!("something refers to {kind:?} {pk}, which is gone")
    });
}
