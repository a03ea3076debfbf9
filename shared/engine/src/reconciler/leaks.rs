//! Leaks: instances that carry our tags and that no node claims are deleted, always (invariant 4); and so are
//! parts of load balancers that no policy's binding claims.
//!
//! Only instances made since the last search are looked at, each once its creation must be over, so a
//! deployment in which nothing happens costs nothing.

use super::fronts;
use crate::machine::Worker;
use coppice_compute::{Consequence, Deletion, Filter, Instance, list_all};
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::time::Timestamp;
use coppice_store::{PhaseState, StoreError, child};
use std::collections::HashMap;

/// Nodes get instances in the first two phases of a cluster action, in none after.
const CREATING_PHASES: u32 = 2;

/// The name this phase keeps its state under.
pub(super) const PHASE: &str = "leaks";

pub(super) async fn run(worker: &Worker, before: Option<&PhaseState>) -> Result<usize, StoreError> {
    let (env, now) = (&worker.env, worker.env.now());
    let pace = env.settings.leaks;
    let searched = before.map(|before| before.until);
    if searched.is_some_and(|searched| now.since(searched) < pace.every) {
        return Ok(0);
    }
    let grace = pace.grace.max(env.compute.staleness());
    let before = now.minus(grace);
    let from =
        searched.map_or(Timestamp::from_micros(0), |searched| searched.minus(grace).minus(pace.overlap));
    let name = env.settings.deployment.as_str();
    let filter = Filter::Deployment { name, from, before };
    let instances = match list_all(worker.env.compute.as_ref(), filter).await {
        Ok(instances) => instances,
        Err(error) => {
            tracing::warn!(error = %error, "the backend cannot be searched for unclaimed instances");
            return Ok(0);
        }
    };
    let mut ids: Vec<NodeId> = instances.iter().filter_map(Instance::node).collect();
    ids.sort();
    ids.dedup();
    let nodes: Vec<Node> = env.store.get_many(&ids).await?;
    let nodes: HashMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
    let mut deleted = 0;
    let mut complete = true;
    for instance in instances.iter().filter(|instance| !claimed(instance, &nodes)) {
        match worker.env.compute.delete(&instance.id).await {
            Ok(Deletion::Gone | Deletion::Underway) => {
                tracing::info!(instance.id = %instance.id, "unclaimed instance deleted");
                deleted += 1;
            }
            Err(error) => {
                tracing::warn!(instance.id = %instance.id, error = %error, "unclaimed instance not deleted");
                complete = false;
                // A backend that asks to be left alone is: the rest can wait for the next run.
                if matches!(error.consequence(), Consequence::RetryLater { .. }) {
                    break;
                }
            }
        }
    }
    let (parts, all) = fronts::sweep(worker, searched, now).await?;
    deleted += parts;
    complete &= all;
    // Repeats are harmless: what was deleted shows as gone, or is deleted again.
    if complete {
        env.store.set_watermark(PHASE, now).await?;
    }
    Ok(deleted)
}

/// Whether a node has, or may yet come to have, this instance.
fn claimed(instance: &Instance, nodes: &HashMap<NodeId, Node>) -> bool {
    let Some(tags) = &instance.tags else { return true };
    let Some(node) = nodes.get(&tags.node) else { return false };
    // While its creation is under way it may still adopt any of them, whichever it knows of so far.
    node.physical_id.as_ref() == Some(&instance.id)
        || node.active_action == Some(tags.action)
        || (0..CREATING_PHASES).any(|phase| node.active_action == Some(child(tags.action, phase, tags.node)))
}
