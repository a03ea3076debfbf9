//! How a cluster stands, judged by how many of its members are active (spec engine-cluster §2).

use crate::cluster::{Cluster, ClusterStatus, Member, Sizes};
use crate::node::NodeStatus;

/// The status of a cluster with `active` active members, and the reason to show for it.
///
/// `operation` opens the reason: the kind of action that has ended (`CLUSTER_RESIZE`), or the name of the
/// operation for one that runs on the nodes (`stop`). `sizes` are those that hold from now on. Members in
/// any other status do not count, however many there are.
///
/// Below the minimum is an error; below the target, or above the maximum, a warning.
#[must_use]
pub fn evaluate(operation: &str, active: i64, sizes: &Sizes) -> (ClusterStatus, String) {
    let &Sizes { min_size, max_size, desired_capacity } = sizes;
    let (status, relation) = if active < min_size {
        (ClusterStatus::Error, format!("below min_size ({min_size})"))
    } else if active < desired_capacity {
        (ClusterStatus::Warning, format!("below desired_capacity ({desired_capacity})"))
    } else if max_size >= 0 && active > max_size {
        (ClusterStatus::Warning, format!("above max_size ({max_size})"))
    } else {
        (ClusterStatus::Active, format!("equal or above desired_capacity ({desired_capacity})"))
    };
    (status, format!("{operation}: number of active nodes is {relation}."))
}

/// How a cluster with these members stands, and why.
#[must_use]
pub fn judged(operation: &str, members: &[Member], cluster: &Cluster) -> (ClusterStatus, String) {
    let active = members.iter().filter(|member| member.status == NodeStatus::Active).count();
    evaluate(operation, i64::try_from(active).unwrap_or(i64::MAX), &cluster.sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_cluster_2_the_reason_names_the_operation_and_the_limit() {
        let rows = [
            (1, (2, 8, 5), ClusterStatus::Error, "below min_size (2)"),
            (2, (2, 8, 5), ClusterStatus::Warning, "below desired_capacity (5)"),
            (4, (2, 8, 5), ClusterStatus::Warning, "below desired_capacity (5)"),
            (5, (2, 8, 5), ClusterStatus::Active, "equal or above desired_capacity (5)"),
            (8, (2, 8, 5), ClusterStatus::Active, "equal or above desired_capacity (5)"),
            (9, (2, 8, 5), ClusterStatus::Warning, "above max_size (8)"),
            (9, (2, -1, 5), ClusterStatus::Active, "equal or above desired_capacity (5)"),
            (0, (0, -1, 0), ClusterStatus::Active, "equal or above desired_capacity (0)"),
            (0, (0, 0, 0), ClusterStatus::Active, "equal or above desired_capacity (0)"),
            (1, (0, 0, 0), ClusterStatus::Warning, "above max_size (0)"),
        ];
        for (active, (min_size, max_size, desired_capacity), status, relation) in rows {
            let sizes = Sizes { min_size, max_size, desired_capacity };
            for operation in ["CLUSTER_RESIZE", "NODE_CREATE", "stop"] {
                let reason = format!("{operation}: number of active nodes is {relation}.");
                assert_eq!(evaluate(operation, active, &sizes), (status, reason), "{active} {sizes:?}");
            }
        }
    }

    #[test]
    fn every_small_case_is_active_exactly_when_the_target_is_met_within_the_limits() {
        for min_size in -1..6 {
            for max_size in -1..6 {
                for desired_capacity in -1..6 {
                    for active in 0..7 {
                        let sizes = Sizes { min_size, max_size, desired_capacity };
                        let (status, reason) = evaluate("x", active, &sizes);
                        let enough = active >= min_size.max(desired_capacity);
                        let too_many = max_size != -1 && active > max_size;
                        let case = format!("{active} {sizes:?}: {reason}");
                        assert_eq!(status == ClusterStatus::Active, enough && !too_many, "{case}");
                        assert_eq!(status == ClusterStatus::Error, active < min_size, "{case}");
                    }
                }
            }
        }
    }
}
