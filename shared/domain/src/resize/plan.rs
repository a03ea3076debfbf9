//! What a resize does (spec engine-cluster §7, api-resources §I4).

use super::check::check_sizes;
use super::request::ResizeRequest;
use super::truncate::truncate_desired;
use crate::cluster::Sizes;

/// How the set of members changes. The number may be zero: a resize to the present size is a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// This many nodes are made.
    Create(i64),
    /// This many nodes are taken away.
    Delete(i64),
}

/// The outcome of a resize or scale request that can be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResizePlan {
    /// The cluster's limits and target from now on.
    pub sizes: Sizes,
    /// How to get there.
    pub change: Change,
}

/// Checks a resize request when it arrives, for a cluster that has `node_count` nodes then.
///
/// A best-effort target outside the cluster's limits passes: it is moved inside them when the action runs.
/// A request that changes only limits has no target, and `strict` then compares the new limits with the
/// cluster's desired capacity (spec api-resources §I4, step 8).
///
/// # Errors
/// The text of the first rule that fails.
pub fn check_resize_request(
    cluster: &Sizes,
    node_count: i64,
    request: &ResizeRequest,
    max_nodes_per_cluster: i64,
) -> Result<(), String> {
    check_sizes(
        Some(cluster),
        request.target(node_count),
        request.min_size,
        request.max_size,
        request.strict,
        max_nodes_per_cluster,
    )
}

/// Decides what a resize does to a cluster that has `current` nodes at this moment.
///
/// A request that changes only limits aims at the nodes there are, so a best-effort one that moves a
/// limit past them creates or deletes the difference. `current` is always the real count, also when it is
/// zero (the reference falls back to the desired capacity then, its oddity CLU-9).
///
/// # Errors
/// The text of the first rule that fails for the target and the new limits; nothing should change then.
pub fn plan_resize(
    cluster: &Sizes,
    current: i64,
    request: &ResizeRequest,
    max_nodes_per_cluster: i64,
) -> Result<ResizePlan, String> {
    let &ResizeRequest { min_size, max_size, strict, .. } = request;
    let target = request.target(current).unwrap_or(current);
    let target = if strict { target } else { truncate_desired(cluster, target, min_size, max_size) };
    check_sizes(Some(cluster), Some(target), min_size, max_size, strict, max_nodes_per_cluster)?;
    // Limits that the API checked exclude this; no other source of limits may bring it about.
    if target < 0 {
        return Err(format!("The target capacity ({target}) is less than zero."));
    }
    let sizes = Sizes {
        min_size: min_size.unwrap_or(cluster.min_size),
        max_size: max_size.unwrap_or(cluster.max_size),
        desired_capacity: target,
    };
    let change = if target < current {
        Change::Delete(current.saturating_sub(target))
    } else {
        Change::Create(target.saturating_sub(current))
    };
    Ok(ResizePlan { sizes, change })
}

#[cfg(test)]
mod tests;
