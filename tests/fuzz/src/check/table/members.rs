//! Nodes and the records of members agree.

use super::{Item, Table, compare, text};
use crate::check::{Complaints, ensure};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::ClusterId;
use coppice_domain::node::Node;
use coppice_store::keys::{self, Key, MEMBER};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(table: &Table, complaints: &mut Complaints) {
    let clusters: BTreeMap<ClusterId, &Cluster> =
        table.clusters.iter().map(|cluster| (cluster.id, cluster)).collect();
    let (mut should, mut indexes) = (BTreeSet::new(), BTreeSet::new());
    for (node, id) in table.nodes.iter().filter_map(|node| Some((node, node.cluster_id?))) {
        let key = keys::member(id, node.id);
        if let Some(item) = table.items.get(&key) {
            agree(node, item, complaints);
        }
        should.insert(key);
        let again = !indexes.insert((id, node.index));
        ensure(complaints, !again, || format!("two nodes of cluster {id} have index {}", node.index));
        let Some(cluster) = clusters.get(&id) else {
            complaints.push(format!("node {} has outlived its cluster {id}", node.id));
            continue;
        };
        ensure(complaints, node.index < cluster.next_index, || {
            format!("node {} has index {}, which its cluster has not given yet", node.id, node.index)
        });
        ensure(complaints, node.project == cluster.project, || {
            format!("node {} is of another project than its cluster {id}", node.id)
        });
    }
    let mut there: BTreeSet<Key> = table.keys("C#", MEMBER);
    there.retain(|key| should.contains(key) || !joins(table, &table.items[key]));
    compare("a member", &there, &should, complaints);
}

/// Whether an action that goes on is making a node the member that this records.
fn joins(table: &Table, member: &Item) -> bool {
    let by = text(member, "by");
    table.actions.iter().any(|action| {
        by == Some(&action.id.to_string())
            && matches!(action.kind, ActionKind::ClusterAddNodes | ActionKind::ClusterReplaceNodes)
            && !action.status.is_terminal()
    })
}

fn agree(node: &Node, member: &Item, complaints: &mut Complaints) {
    // While an action is at a node, its cluster need not hear of every step.
    if node.active_action.is_some() || member.contains_key("by") {
        return;
    }
    let (status, own) = (text(member, "st"), node.status.name());
    ensure(complaints, status == Some(own), || format!("node {} is {own} and listed as {status:?}", node.id));
    let index = member.get("ix").and_then(|index| index.as_n().ok());
    let same = index == Some(&node.index.to_string());
    ensure(complaints, same, || {
        format!("node {} has index {} and is listed with {index:?}", node.id, node.index)
    });
    let tainted = member.contains_key("tn");
    ensure(complaints, tainted == node.tainted, || {
        format!("node {} is not listed as tainted as it is", node.id)
    });
}
