//! Moving a target inside the limits (spec engine-cluster §7).

use crate::cluster::Sizes;

/// The target a best-effort request settles for: `desired`, moved inside the limits that will hold.
///
/// A limit given with the request counts instead of the cluster's own. The lower limit is applied first,
/// so where the limits contradict each other the upper one wins and [`super::check_sizes`] then reports
/// the contradiction. An upper limit of zero or less does not limit, as in the reference.
#[must_use]
pub fn truncate_desired(cluster: &Sizes, desired: i64, min_size: Option<i64>, max_size: Option<i64>) -> i64 {
    let desired = desired.max(min_size.unwrap_or(cluster.min_size));
    match max_size.unwrap_or(cluster.max_size) {
        max if max > 0 => desired.min(max),
        _ => desired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: Sizes = Sizes { min_size: 2, max_size: 8, desired_capacity: 5 };

    #[test]
    fn a_target_within_the_limits_stays() {
        for desired in 2..=8 {
            assert_eq!(truncate_desired(&CLUSTER, desired, None, None), desired);
        }
    }

    #[test]
    fn the_limits_of_the_request_count_instead_of_the_clusters() {
        let rows = [
            (1, None, None, 2),
            (9, None, None, 8),
            (1, Some(1), None, 1),
            (0, Some(1), None, 1),
            (9, None, Some(10), 9),
            (11, None, Some(10), 10),
            (9, None, Some(-1), 9),
            (9, None, Some(0), 9),
            (5, None, Some(4), 4),
            (5, Some(6), None, 6),
            (5, Some(4), Some(3), 3),
            (5, Some(9), None, 8),
        ];
        for (desired, min_size, max_size, expected) in rows {
            let got = truncate_desired(&CLUSTER, desired, min_size, max_size);
            assert_eq!(got, expected, "{desired} {min_size:?} {max_size:?}");
        }
    }

    /// The reference's four steps, one after another.
    fn naive(cluster: &Sizes, desired: i64, min_size: Option<i64>, max_size: Option<i64>) -> i64 {
        let mut target = desired;
        if let Some(min) = min_size
            && target < min
        {
            target = min;
        }
        if min_size.is_none() && target < cluster.min_size {
            target = cluster.min_size;
        }
        if let Some(max) = max_size
            && max > 0
            && target > max
        {
            target = max;
        }
        if max_size.is_none() && cluster.max_size > 0 && target > cluster.max_size {
            target = cluster.max_size;
        }
        target
    }

    #[test]
    fn every_small_case_equals_the_step_by_step_rule() {
        let options = || (-1..6).map(Some).chain([None]);
        for cluster_min in 0..6 {
            for cluster_max in -1..6 {
                let cluster = Sizes { min_size: cluster_min, max_size: cluster_max, desired_capacity: 0 };
                for desired in -3..9 {
                    for min_size in options() {
                        for max_size in options() {
                            assert_eq!(
                                truncate_desired(&cluster, desired, min_size, max_size),
                                naive(&cluster, desired, min_size, max_size),
                                "{cluster:?} {desired} {min_size:?} {max_size:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
