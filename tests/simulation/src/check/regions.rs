//! What must hold of clusters that a policy spreads over regions: no region has more members than its cap.

use super::Rest;
use crate::history::{Item, text};
use crate::region_story::CAPS;
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that is wrong. Those that were made elsewhere, or have left in between, are not counted: a policy says
/// where nodes are made, not which nodes may join.
pub(super) fn check(rest: &Rest) -> Vec<String> {
    let mut there: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for (cluster, id) in rest.members.keys() {
        let region = rest.nodes.get(id).and_then(|node| region(node));
        if let Some(region) = region.filter(|_| made_here(rest, cluster, id)) {
            there.entry((cluster, region)).or_default().push(id);
        }
    }
    let mut violations = Vec::new();
    for ((cluster, region), nodes) in there {
        let cap = CAPS.iter().find(|(name, _)| *name == region).and_then(|(_, cap)| *cap);
        if cap.is_some_and(|cap| nodes.len() > cap) {
            violations.push(format!("cluster {cluster} has {nodes:?} in {region}, which takes {cap:?}"));
        }
    }
    violations
}

/// The region that a node was made in.
fn region(node: &Item) -> Option<String> {
    let data: Value = serde_json::from_str(text(node, "data")?).ok()?;
    data["placement"]["region_name"].as_str().map(str::to_owned)
}

/// Whether a member was made for its cluster, and has never been elsewhere.
fn made_here(rest: &Rest, cluster: &str, node: &str) -> bool {
    let own = rest.actions.values().filter(|action| text(action, "target") == Some(node));
    let mut made = false;
    for action in own {
        let kind = text(action, "kind").unwrap_or_default();
        if matches!(kind, "NODE_JOIN" | "NODE_LEAVE") {
            return false;
        }
        made |= kind == "NODE_CREATE" && text(action, "cluster_id") == Some(cluster);
    }
    made
}
