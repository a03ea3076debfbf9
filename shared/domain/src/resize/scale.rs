//! Scaling out and in by a count (spec engine-cluster §6, api-resources §I5).

use super::check::check_sizes;
use super::int_like::{int_like, spelled};
use super::plan::{Change, ResizePlan};
use crate::cluster::Sizes;
use serde_json::Value;

/// Which way a cluster scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScaleDirection {
    /// More nodes.
    Out,
    /// Fewer nodes.
    In,
}

impl ScaleDirection {
    const fn word(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
        }
    }
}

/// Checks a scale request when it arrives.
///
/// Only what no policy and no best effort can mend is refused here: a count of nothing, and a target
/// beyond what any cluster may have. The cluster's own limits are looked at when the action runs. The
/// target counts from the cluster's desired capacity (spec api-resources §I5).
///
/// # Errors
/// The text of the refusal.
pub fn check_scale_request(
    direction: ScaleDirection,
    cluster: &Sizes,
    count: Option<i64>,
    max_nodes_per_cluster: i64,
) -> Result<(), String> {
    let target = match (direction, count) {
        (_, None) => return Ok(()),
        (_, Some(0)) => return Err(format!("Count for scale-{} request cannot be 0.", direction.word())),
        (ScaleDirection::Out, Some(count)) => cluster.desired_capacity.saturating_add(count),
        (ScaleDirection::In, Some(count)) => cluster.desired_capacity.saturating_sub(count),
    };
    check_sizes(Some(cluster), Some(target), None, None, false, max_nodes_per_cluster)
}

/// What a scale-out does to a cluster that has `current` nodes: creates `count` more, one if none is given.
///
/// # Errors
/// The count is not a positive integer, or the cluster would outgrow its limits.
pub fn plan_scale_out(
    cluster: &Sizes,
    current: i64,
    count: Option<&Value>,
    max_nodes_per_cluster: i64,
) -> Result<ResizePlan, String> {
    let count = positive_count(ScaleDirection::Out, count)?;
    let sizes = resized(cluster, current.saturating_add(count), max_nodes_per_cluster)?;
    Ok(ResizePlan { sizes, change: Change::Create(count) })
}

/// What a scale-in does to a cluster that has `current` nodes: deletes `count`, one if none is given.
///
/// A count greater than `current` is trimmed to it first, so that it is no error by itself.
///
/// # Errors
/// The count is not a positive integer, or the cluster would shrink below its limits.
pub fn plan_scale_in(
    cluster: &Sizes,
    current: i64,
    count: Option<&Value>,
    max_nodes_per_cluster: i64,
) -> Result<ResizePlan, String> {
    let count = positive_count(ScaleDirection::In, count)?.min(current);
    let sizes = resized(cluster, current.saturating_sub(count), max_nodes_per_cluster)?;
    Ok(ResizePlan { sizes, change: Change::Delete(count) })
}

/// What a scaling does to a cluster that has `current` nodes, when policies have decided by how many. None at
/// all is a scaling that changes nothing.
///
/// # Errors
/// The cluster would leave its limits.
pub fn plan_scale_by(
    direction: ScaleDirection,
    cluster: &Sizes,
    current: i64,
    count: i64,
    max_nodes_per_cluster: i64,
) -> Result<ResizePlan, String> {
    let (target, change) = match direction {
        ScaleDirection::Out => (current.saturating_add(count), Change::Create(count)),
        ScaleDirection::In => {
            (current.saturating_sub(count.min(current)), Change::Delete(count.min(current)))
        }
    };
    if count == 0 {
        // The target is what there is, unless that is not allowed anyway.
        let sizes = resized(cluster, target, max_nodes_per_cluster).unwrap_or(*cluster);
        return Ok(ResizePlan { sizes, change });
    }
    Ok(ResizePlan { sizes: resized(cluster, target, max_nodes_per_cluster)?, change })
}

/// Null is as good as absent, which is how the API treats it.
fn positive_count(direction: ScaleDirection, count: Option<&Value>) -> Result<i64, String> {
    let Some(value) = count.filter(|value| !value.is_null()) else { return Ok(1) };
    int_like(value)
        .filter(|count| *count > 0)
        .ok_or_else(|| format!("Invalid count ({}) for scaling {}.", spelled(value), direction.word()))
}

fn resized(cluster: &Sizes, target: i64, max_nodes_per_cluster: i64) -> Result<Sizes, String> {
    check_sizes(Some(cluster), Some(target), None, None, true, max_nodes_per_cluster)?;
    Ok(Sizes { desired_capacity: target, ..*cluster })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const MOST: i64 = 1000;
    const CLUSTER: Sizes = Sizes { min_size: 2, max_size: 8, desired_capacity: 5 };

    fn out(current: i64, count: &Value) -> Result<ResizePlan, String> {
        plan_scale_out(&CLUSTER, current, Some(count), MOST)
    }

    fn scale_in(current: i64, count: &Value) -> Result<ResizePlan, String> {
        plan_scale_in(&CLUSTER, current, Some(count), MOST)
    }

    #[test]
    fn one_node_is_the_default() {
        for count in [None, Some(&Value::Null)] {
            let plan = plan_scale_out(&CLUSTER, 5, count, MOST).unwrap();
            assert_eq!((plan.change, plan.sizes.desired_capacity), (Change::Create(1), 6));
            let plan = plan_scale_in(&CLUSTER, 5, count, MOST).unwrap();
            assert_eq!((plan.change, plan.sizes.desired_capacity), (Change::Delete(1), 4));
        }
    }

    #[test]
    fn engine_cluster_6_a_count_is_a_positive_integer_or_its_plain_spelling() {
        for count in [json!(3), json!("3")] {
            assert_eq!(out(5, &count).unwrap().change, Change::Create(3));
            assert_eq!(scale_in(5, &count).unwrap().change, Change::Delete(3));
        }
        let invalid = [
            (json!(0), "0"),
            (json!(-1), "-1"),
            (json!(2.5), "2.5"),
            (json!("abc"), "abc"),
            (json!(true), "True"),
            (json!("3.0"), "3.0"),
        ];
        for (count, spelling) in invalid {
            assert_eq!(out(5, &count), Err(format!("Invalid count ({spelling}) for scaling out.")));
            assert_eq!(scale_in(5, &count), Err(format!("Invalid count ({spelling}) for scaling in.")));
        }
    }

    #[test]
    fn the_clusters_limits_bind_when_the_action_runs() {
        let over = "The target capacity (9) is greater than the cluster's max_size (8).";
        assert_eq!(out(5, &json!(4)), Err(over.to_owned()));
        let under = "The target capacity (1) is less than the cluster's min_size (2).";
        assert_eq!(scale_in(5, &json!(4)), Err(under.to_owned()));
        assert!(
            out(5, &json!(u64::MAX)).unwrap_err().contains("maximum number of nodes allowed per cluster")
        );
    }

    #[test]
    fn scaling_in_by_more_than_there_is_deletes_what_there_is() {
        let cluster = Sizes { min_size: 0, ..CLUSTER };
        let plan = plan_scale_in(&cluster, 3, Some(&json!(9)), MOST).unwrap();
        assert_eq!((plan.change, plan.sizes.desired_capacity), (Change::Delete(3), 0));
        let empty = plan_scale_in(&cluster, 0, None, MOST).unwrap();
        assert_eq!((empty.change, empty.sizes.desired_capacity), (Change::Delete(0), 0));
        let under = "The target capacity (0) is less than the cluster's min_size (2).";
        assert_eq!(scale_in(3, &json!(9)), Err(under.to_owned()));
    }

    #[test]
    fn a_request_is_refused_on_arrival_only_for_zero_or_beyond_any_cluster() {
        use ScaleDirection::{In, Out};
        let check = |direction, count| check_scale_request(direction, &CLUSTER, count, MOST);
        assert_eq!(check(Out, Some(0)), Err("Count for scale-out request cannot be 0.".to_owned()));
        assert_eq!(check(In, Some(0)), Err("Count for scale-in request cannot be 0.".to_owned()));
        for accepted in [None, Some(1), Some(40), Some(995)] {
            assert_eq!(check(Out, accepted), Ok(()));
            assert_eq!(check(In, accepted), Ok(()));
        }
        let text = "The target capacity (1001) is greater than the maximum number of nodes allowed per cluster (1000).";
        assert_eq!(check(Out, Some(996)), Err(text.to_owned()));
        assert_eq!(check(In, Some(i64::MAX)), Ok(()));
        assert!(check(Out, Some(i64::MAX)).is_err());
    }

    #[test]
    fn policies_may_decide_by_how_many_even_by_none() {
        use ScaleDirection::{In, Out};
        let plan = |direction, current, count| plan_scale_by(direction, &CLUSTER, current, count, MOST);
        for (direction, current, count, desired, change) in [
            (Out, 5, 2, 7, Change::Create(2)),
            (In, 5, 2, 3, Change::Delete(2)),
            (Out, 4, 0, 4, Change::Create(0)),
            // One node is too few, and stays so.
            (In, 1, 0, 5, Change::Delete(0)),
        ] {
            let plan = plan(direction, current, count).unwrap();
            assert_eq!((plan.sizes.desired_capacity, plan.change), (desired, change));
        }
        assert!(plan(Out, 5, 4).is_err());
        assert!(plan(In, 3, 2).is_err());
    }

    proptest! {
        #[test]
        fn a_planned_scaling_ends_within_the_limits(
            min_size in 0..20_i64, room in 0..20_i64, unlimited: bool, current in 0..40_i64, count in 1..40_i64,
        ) {
            let max_size = if unlimited { -1 } else { min_size + room };
            let cluster = Sizes { min_size, max_size, desired_capacity: current };
            let count_value = json!(count);
            if let Ok(plan) = plan_scale_out(&cluster, current, Some(&count_value), MOST) {
                prop_assert_eq!(plan.change, Change::Create(count));
                prop_assert_eq!(plan.sizes, Sizes { desired_capacity: current + count, ..cluster });
                prop_assert!(current + count >= min_size && (unlimited || current + count <= max_size));
            } else {
                prop_assert!(current + count < min_size || (!unlimited && current + count > max_size));
            }
            let left = (current - count).max(0);
            if let Ok(plan) = plan_scale_in(&cluster, current, Some(&count_value), MOST) {
                prop_assert_eq!(plan.change, Change::Delete(current - left));
                prop_assert_eq!(plan.sizes, Sizes { desired_capacity: left, ..cluster });
                prop_assert!(left >= min_size && (unlimited || left <= max_size));
            } else {
                prop_assert!(left < min_size || (!unlimited && left > max_size));
            }
        }
    }
}
