//! What is wrong with a target and limits (spec api-resources §H4, engine-cluster §7).

use crate::cluster::Sizes;

/// Checks a target number of nodes and new limits against each other, against the cluster as it is, and
/// against the number of nodes any cluster may have.
///
/// `cluster` is none while the cluster is being created; `desired` is none when only limits change, and
/// is then not compared. With `strict` off, the cluster's own limits do not bind the target, nor its
/// target the new limits: they are what a best-effort request is moved by. A maximum below zero means none.
///
/// # Errors
/// The text of the first of the eleven rules that fails, in the order of spec api-resources §H4.
pub fn check_sizes(
    cluster: Option<&Sizes>,
    desired: Option<i64>,
    min_size: Option<i64>,
    max_size: Option<i64>,
    strict: bool,
    max_nodes_per_cluster: i64,
) -> Result<(), String> {
    let binding = cluster.filter(|_| strict);
    if let Some(target) = desired {
        check_target(target, binding, min_size, max_size, max_nodes_per_cluster)?;
    }
    let binding = binding.filter(|_| desired.is_none());
    if let Some(min) = min_size {
        check_min(min, cluster, binding, max_size)?;
    }
    if let Some(max) = max_size {
        check_max(max, cluster, binding, min_size, max_nodes_per_cluster)?;
    }
    Ok(())
}

/// Rules 1 to 5. `binding` is the cluster whose own limits hold where the request gives none.
fn check_target(
    target: i64,
    binding: Option<&Sizes>,
    min_size: Option<i64>,
    max_size: Option<i64>,
    most: i64,
) -> Result<(), String> {
    let less = |than: &str| Err(format!("The target capacity ({target}) is less than {than}."));
    let greater = |than: &str| Err(format!("The target capacity ({target}) is greater than {than}."));
    if target > most {
        return greater(&format!("the maximum number of nodes allowed per cluster ({most})"));
    }
    match (min_size, binding) {
        (Some(min), _) if target < min => return less(&format!("the specified min_size ({min})")),
        (None, Some(cluster)) if target < cluster.min_size => {
            return less(&format!("the cluster's min_size ({})", cluster.min_size));
        }
        _ => {}
    }
    match (max_size, binding) {
        (Some(max), _) if exceeds(target, max) => greater(&format!("the specified max_size ({max})")),
        (None, Some(cluster)) if exceeds(target, cluster.max_size) => {
            greater(&format!("the cluster's max_size ({})", cluster.max_size))
        }
        _ => Ok(()),
    }
}

/// Rules 6 to 8. `binding` is the cluster whose target holds because the request gives none.
fn check_min(
    min: i64,
    cluster: Option<&Sizes>,
    binding: Option<&Sizes>,
    max_size: Option<i64>,
) -> Result<(), String> {
    let greater = |than: &str| Err(format!("The specified min_size ({min}) is greater than {than}."));
    match (max_size, cluster) {
        (Some(max), _) if exceeds(min, max) => return greater(&format!("the specified max_size ({max})")),
        (None, Some(cluster)) if exceeds(min, cluster.max_size) => {
            return greater(&format!("the current max_size ({}) of the cluster", cluster.max_size));
        }
        _ => {}
    }
    match binding.map(|cluster| cluster.desired_capacity) {
        Some(target) if min > target => {
            greater(&format!("the current desired_capacity ({target}) of the cluster"))
        }
        _ => Ok(()),
    }
}

/// Rules 9 to 11. `binding` as for [`check_min`].
fn check_max(
    max: i64,
    cluster: Option<&Sizes>,
    binding: Option<&Sizes>,
    min_size: Option<i64>,
    most: i64,
) -> Result<(), String> {
    if max > most {
        return Err(format!(
            "The specified max_size ({max}) is greater than the maximum number of nodes allowed per \
             cluster ({most})."
        ));
    }
    let less = |than: &str| Err(format!("The specified max_size ({max}) is less than {than}."));
    match cluster.filter(|_| min_size.is_none()).map(|cluster| cluster.min_size) {
        Some(min) if exceeds(min, max) => {
            return less(&format!("the current min_size ({min}) of the cluster"));
        }
        _ => {}
    }
    match binding.map(|cluster| cluster.desired_capacity) {
        Some(target) if exceeds(target, max) => {
            less(&format!("the current desired_capacity ({target}) of the cluster"))
        }
        _ => Ok(()),
    }
}

const fn exceeds(size: i64, max: i64) -> bool {
    max >= 0 && size > max
}

#[cfg(test)]
mod tests;
