//! What must hold of clusters that a health policy looks after, once a world has come to rest: nobody is sick any
//! more, unless the breaker stands in the way, and no watch is left where none is to be.

use crate::check::{by_id, instances};
use crate::history::{History, Item, text};
use crate::world::World;
use coppice_compute::InstanceState;
use coppice_domain::health::{Obstacle, Watch};
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that is wrong.
pub(crate) fn check(world: &World, history: &History) -> Vec<String> {
    let mut violations = Vec::new();
    let nodes = by_id(history, "N");
    let running: BTreeSet<(String, String)> = instances(world)
        .into_iter()
        .filter(|(_, _, state)| *state == InstanceState::Active)
        .map(|(id, node, _)| (node, id))
        .collect();
    for ((pk, sk), item) in history.of_kind("C#") {
        let cluster = &pk[2..];
        let watch = text(item, "watch").map(|text| serde_json::from_str::<Watch>(text).expect("a watch"));
        let is_watched = watched(item);
        match &watch {
            Some(_) if !is_watched => violations.push(format!("{sk} of cluster {cluster} left a watch")),
            None if is_watched => violations.push(format!("{sk} of cluster {cluster} has no watch")),
            _ => {}
        }
        let (looks, due) = (looks(item), item.contains_key("due"));
        if due != watch.as_ref().is_some_and(|watch| watch.due.is_some()) || (due && !is_watched) {
            violations.push(format!("{sk} of cluster {cluster} and the index do not agree on being due"));
        }
        let Some(watch) = watch.filter(|_| is_watched && looks) else { continue };
        if watch.due.is_none() {
            violations.push(format!("nobody will look after cluster {cluster} any more"));
        }
        if watch.told == Some(Obstacle::Breaker) {
            continue;
        }
        for (id, node) in nodes.iter().filter(|(_, node)| text(node, "cluster_id") == Some(cluster)) {
            let own = text(node, "physical_id").unwrap_or_default().to_owned();
            // Where instances fail to build, they may fail again.
            if !running.contains(&(id.clone(), own)) && !world.unlucky {
                let status = text(node, "status");
                let text = format!("node {id} of cluster {cluster}, which is looked after, is {status:?}");
                violations.push(format!("{text} and has no instance that runs"));
            }
        }
    }
    violations
}

/// Whether an item of a cluster is an enabled binding of a health policy.
fn watched(item: &Item) -> bool {
    let health = text(item, "policy_type").is_some_and(|kind| kind.starts_with("senlin.policy.health-"));
    health && item.get("enabled").is_some_and(|enabled| enabled["BOOL"] == Value::Bool(true))
}

/// Whether such a binding's policy looks at members instead of listening.
fn looks(item: &Item) -> bool {
    !text(item, "data").unwrap_or_default().contains("LIFECYCLE_EVENTS")
}
