//! Instances, a page at a time.

use super::Search;
use crate::env::Env;
use crate::history::unclaimed;
use crate::machine::Worker;
use crate::reconciler::readable;
use coppice_compute::{Consequence, Deletion, Filter, Instance, PageMark};
use coppice_domain::action::Action;
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::time::Timestamp;
use coppice_store::{StoreError, child};
use std::collections::HashMap;

/// Nodes get instances in the first two phases of a cluster action, in none after.
const CREATING_PHASES: u32 = 2;

/// What became of a page.
struct Swept {
    deleted: usize,
    /// Those that could not be deleted.
    failed: Vec<String>,
    /// Whether the backend takes more.
    willing: bool,
    /// Whether there was time for all of it.
    in_time: bool,
}

/// Goes on with the search until the time is up: how many instances were deleted.
pub(super) async fn sweep(
    worker: &Worker,
    search: &mut Search,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let env = &worker.env;
    let grace = env.settings.leaks.grace.max(env.compute.staleness());
    let (from, before) = search.window(grace, env.settings.leaks.overlap);
    let filter = Filter::Deployment { name: &env.settings.deployment, from, before };
    let mut deleted = 0;
    loop {
        let mark = search.page.take().map(PageMark::new);
        let page = match env.compute.list(filter, mark.as_ref()).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(error = %error, "the backend cannot be searched for unclaimed instances");
                (search.instances, search.complete) = (true, false);
                return Ok(deleted);
            }
        };
        let left: Vec<&Instance> =
            page.instances.iter().filter(|instance| !search.failed.contains(&instance.id)).collect();
        let swept = sweep_page(env, &left, until).await?;
        deleted += swept.deleted;
        search.complete &= swept.failed.is_empty();
        if !swept.in_time {
            // Of a page that is read again, what was deleted is gone.
            search.page = mark.map(|mark| mark.as_str().to_owned());
            search.failed.extend(swept.failed);
            return Ok(deleted);
        }
        search.page = page.next.map(|mark| mark.as_str().to_owned());
        search.failed.clear();
        // A backend that asks to be left alone is: the rest can wait for the next search.
        search.instances = search.page.is_none() || !swept.willing;
        if search.instances || env.now() >= until {
            return Ok(deleted);
        }
    }
}

/// Deletes those of a page that no node claims, until the time is up; one in any case.
async fn sweep_page(env: &Env, instances: &[&Instance], until: Timestamp) -> Result<Swept, StoreError> {
    let mut ids: Vec<NodeId> = instances.iter().filter_map(|instance| instance.node()).collect();
    ids.sort();
    ids.dedup();
    // A node that cannot be read may claim any instance that was made for it.
    let (nodes, unreadable) = readable(env, &ids).await?;
    let nodes: HashMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
    let mut swept = Swept { deleted: 0, failed: Vec::new(), willing: true, in_time: true };
    let unclaimed = instances.iter().filter(|instance| {
        !claimed(instance, &nodes) && instance.node().is_none_or(|node| !unreadable.contains(&node))
    });
    for (at, instance) in unclaimed.enumerate() {
        if at > 0 && env.now() >= until {
            swept.in_time = false;
            break;
        }
        tell(env, instance).await?;
        match env.compute.delete(&instance.id).await {
            Ok(Deletion::Gone | Deletion::Underway) => {
                tracing::info!(instance.id = %instance.id, "unclaimed instance deleted");
                swept.deleted += 1;
            }
            Err(error) => {
                tracing::warn!(instance.id = %instance.id, error = %error, "unclaimed instance not deleted");
                swept.failed.push(instance.id.clone());
                if matches!(error.consequence(), Consequence::RetryLater { .. }) {
                    swept.willing = false;
                    break;
                }
            }
        }
    }
    Ok(swept)
}

/// Records that an instance is being deleted, once, among its project's events.
async fn tell(env: &Env, instance: &Instance) -> Result<(), StoreError> {
    let Some(tags) = &instance.tags else { return Ok(()) };
    // The record of what made it may be forgotten by now. Tags can be written by others, too.
    let made_by: Option<Action> = match env.store.get(tags.action).await {
        Err(StoreError::Corrupt(_)) => None,
        made_by => made_by?,
    };
    let made_by = made_by.filter(|action| action.project == tags.project);
    let user = made_by.map(|action| action.user).unwrap_or_default();
    env.store.event_record(&unclaimed(instance, tags, user, env.now())).await
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
