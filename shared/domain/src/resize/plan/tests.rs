use super::super::{AdjustmentType, calculate_desired};
use super::*;
use AdjustmentType::{ChangeInCapacity, ChangeInPercentage, ExactCapacity};
use Change::{Create, Delete};
use proptest::prelude::*;

const MOST: i64 = 1000;
const STRICT: bool = true;
const EASY: bool = false;

const fn sizes(desired_capacity: i64, min_size: i64, max_size: i64) -> Sizes {
    Sizes { min_size, max_size, desired_capacity }
}

const fn adjust(kind: AdjustmentType, number: f64, strict: bool) -> ResizeRequest {
    ResizeRequest { number: Some(number), adjustment_type: Some(kind), ..limits(None, None, strict) }
}

const fn limits(min_size: Option<i64>, max_size: Option<i64>, strict: bool) -> ResizeRequest {
    ResizeRequest { adjustment_type: None, number: None, min_size, max_size, min_step: None, strict }
}

#[test]
fn engine_cluster_7b_the_executed_examples_of_the_reference_hold_except_for_clu_9() {
    type Row = (u8, Sizes, i64, ResizeRequest, Result<Change, &'static str>);
    let c = sizes(5, 2, 8);
    let open = sizes(5, 0, -1);
    let emptied = sizes(3, 0, -1);
    let exact = |number, strict| adjust(ExactCapacity, number, strict);
    let change = |number, strict| adjust(ChangeInCapacity, number, strict);
    let percent = |number, strict| adjust(ChangeInPercentage, number, strict);
    let over_max = "The target capacity (9) is greater than the cluster's max_size (8).";
    let under_min = "The target capacity (1) is less than the cluster's min_size (2).";
    #[rustfmt::skip]
    let rows: [Row; 37] = [
        (1, c, 5, exact(8.0, STRICT), Ok(Create(3))),
        (2, c, 5, exact(9.0, STRICT), Err(over_max)),
        (3, c, 5, exact(9.0, EASY), Ok(Create(3))),
        (4, c, 5, exact(1.0, STRICT), Err(under_min)),
        (5, c, 5, exact(1.0, EASY), Ok(Delete(3))),
        (6, c, 5, exact(5.0, STRICT), Ok(Create(0))),
        (7, c, 5, change(3.0, STRICT), Ok(Create(3))),
        (8, c, 5, change(4.0, EASY), Ok(Create(3))),
        (9, c, 5, change(-4.0, STRICT), Err(under_min)),
        (10, c, 5, change(-4.0, EASY), Ok(Delete(3))),
        (11, c, 5, ResizeRequest { min_size: Some(1), ..change(-4.0, STRICT) }, Ok(Delete(4))),
        (12, c, 5, ResizeRequest { max_size: Some(10), ..change(5.0, STRICT) }, Ok(Create(5))),
        (13, c, 5, ResizeRequest { max_size: Some(9), ..change(5.0, EASY) }, Ok(Create(4))),
        (14, c, 5, ResizeRequest { max_size: Some(-1), ..change(5.0, STRICT) }, Ok(Create(5))),
        (15, c, 5, percent(50.0, STRICT), Ok(Create(2))),
        (16, c, 5, ResizeRequest { min_step: Some(2), ..percent(-10.0, STRICT) }, Ok(Delete(2))),
        (17, c, 5, limits(Some(6), None, EASY), Ok(Create(1))),
        (18, c, 5, limits(Some(6), None, STRICT), Err("The target capacity (5) is less than the specified min_size (6).")),
        (19, c, 5, limits(Some(9), None, EASY), Err("The target capacity (8) is less than the specified min_size (9).")),
        (20, c, 5, limits(Some(9), Some(12), EASY), Ok(Create(4))),
        (21, c, 5, limits(None, Some(4), EASY), Ok(Delete(1))),
        (22, c, 5, limits(None, Some(4), STRICT), Err("The target capacity (5) is greater than the specified max_size (4).")),
        (23, c, 5, limits(None, Some(1), EASY), Err("The specified max_size (1) is less than the current min_size (2) of the cluster.")),
        (24, c, 5, limits(None, Some(0), EASY), Err("The target capacity (5) is greater than the specified max_size (0).")),
        (25, c, 5, limits(Some(4), Some(3), EASY), Err("The target capacity (3) is less than the specified min_size (4).")),
        (26, open, 5, exact(1001.0, EASY), Err("The target capacity (1001) is greater than the maximum number of nodes allowed per cluster (1000).")),
        (27, open, 5, exact(1000.0, STRICT), Ok(Create(995))),
        (28, open, 5, limits(None, Some(1001), EASY), Err("The specified max_size (1001) is greater than the maximum number of nodes allowed per cluster (1000).")),
        (29, open, 5, change(-9.0, STRICT), Err("The target capacity (-4) is less than the cluster's min_size (0).")),
        (30, open, 5, change(-9.0, EASY), Ok(Delete(5))),
        // CLU-9: on an emptied cluster the reference works from desired_capacity. We work from the count.
        // 31: the reference reckons 3 → 4; the number of nodes to create happens to be the same.
        (31, emptied, 0, change(1.0, STRICT), Ok(Create(1))),
        // 32: the reference answers create 0, and then lowers the desired capacity to 0.
        (32, emptied, 0, exact(3.0, STRICT), Ok(Create(3))),
        // 33: the reference answers delete 2, and then fails because there is nothing to delete.
        (33, emptied, 0, exact(1.0, STRICT), Ok(Create(1))),
        (34, c, 4, limits(None, None, STRICT), Ok(Create(0))),
        // 35: CLU-9 again; the reference answers delete 2.
        (35, sizes(5, 2, 0), 0, exact(3.0, EASY), Ok(Create(3))),
        // 36: `strict` omitted reads as false.
        (36, c, 5, change(4.0, EASY), Ok(Create(3))),
        (37, sizes(5, 6, 8), 5, change(0.0, EASY), Ok(Create(1))),
    ];
    for (row, cluster, current, request, expected) in rows {
        let plan = plan_resize(&cluster, current, &request, MOST);
        let got = plan.as_ref().map(|plan| plan.change).map_err(String::as_str);
        assert_eq!(got, expected, "7b #{row}");
        if let Ok(plan) = plan {
            let delta = match plan.change {
                Create(count) => count,
                Delete(count) => -count,
            };
            assert_eq!(plan.sizes.desired_capacity, current + delta, "7b #{row}");
            assert_eq!(plan.sizes.min_size, request.min_size.unwrap_or(cluster.min_size), "7b #{row}");
            assert_eq!(plan.sizes.max_size, request.max_size.unwrap_or(cluster.max_size), "7b #{row}");
        }
    }
}

#[test]
fn limits_no_api_would_accept_never_make_a_negative_target() {
    let request = ResizeRequest { min_size: Some(-5), ..adjust(ExactCapacity, -3.0, STRICT) };
    let refusal = "The target capacity (-3) is less than zero.";
    assert_eq!(plan_resize(&sizes(5, 0, -1), 5, &request, MOST), Err(refusal.to_owned()));
}

#[test]
fn on_arrival_a_target_counts_from_the_nodes_there_are_and_best_effort_passes() {
    let cluster = sizes(5, 2, 8);
    let check = |count, request| check_resize_request(&cluster, count, &request, MOST);
    let text = "The target capacity (9) is greater than the cluster's max_size (8).";
    assert_eq!(check(7, adjust(ChangeInCapacity, 2.0, STRICT)), Err(text.to_owned()));
    assert_eq!(check(6, adjust(ChangeInCapacity, 2.0, STRICT)), Ok(()));
    assert_eq!(check(7, adjust(ChangeInCapacity, 2.0, EASY)), Ok(()));
    let text =
        "The target capacity (1007) is greater than the maximum number of nodes allowed per cluster (1000).";
    assert_eq!(check(7, adjust(ChangeInCapacity, 1000.0, EASY)), Err(text.to_owned()));
}

#[test]
fn on_arrival_new_limits_alone_are_compared_with_the_desired_capacity() {
    let cluster = sizes(5, 2, 8);
    let check = |request| check_resize_request(&cluster, 3, &request, MOST);
    let text = "The specified min_size (6) is greater than the current desired_capacity (5) of the cluster.";
    assert_eq!(check(limits(Some(6), None, STRICT)), Err(text.to_owned()));
    assert_eq!(check(limits(Some(6), None, EASY)), Ok(()));
    let text = "The specified max_size (4) is less than the current desired_capacity (5) of the cluster.";
    assert_eq!(check(limits(None, Some(4), STRICT)), Err(text.to_owned()));
    assert_eq!(check(limits(Some(4), None, STRICT)), Ok(()));
}

/// What must be true of any plan, or of its absence, stated without reference to how it is made.
fn judge(cluster: &Sizes, current: i64, request: &ResizeRequest, most: i64) {
    let asked = match (request.adjustment_type, request.number) {
        (Some(kind), Some(number)) => calculate_desired(current, kind, number, request.min_step),
        _ => current,
    };
    let case = format!("{cluster:?} {current} {request:?}");
    let low = request.min_size.unwrap_or(cluster.min_size);
    let high = request.max_size.unwrap_or(cluster.max_size);
    let fits = |size: i64| size >= low && (high < 0 || size <= high) && size <= most;
    let verdict = |size| {
        check_sizes(Some(cluster), Some(size), request.min_size, request.max_size, request.strict, most)
    };
    let plan = match plan_resize(cluster, current, request, most) {
        Ok(plan) => plan,
        Err(text) if request.strict => return assert_eq!(verdict(asked), Err(text), "{case}"),
        Err(_) => {
            let only_adjusts = request.min_size.is_none() && request.max_size.is_none();
            let room = high <= 0 || low <= high;
            let nearest = if high > 0 { asked.max(low).min(high) } else { asked.max(low) };
            assert!(!(only_adjusts && room && nearest <= most), "best effort gave up: {case}");
            return;
        }
    };
    let target = plan.sizes.desired_capacity;
    assert_eq!((plan.sizes.min_size, plan.sizes.max_size), (low, high), "{case}");
    match plan.change {
        Create(count) => assert!(count >= 0 && current + count == target, "{case}"),
        Delete(count) => assert!(0 < count && count <= current && current - count == target, "{case}"),
    }
    if request.strict {
        assert_eq!(target, asked, "strict never truncates: {case}");
        assert!(fits(target), "{case}");
    } else if high != 0 && low <= if high < 0 { most } else { high } {
        // A cluster's own max_size of zero is no limit to best effort, as 7b #35 shows.
        assert!(fits(target), "{case}");
        assert!(!fits(asked) || target == asked, "moved without need: {case}");
        assert!(target == asked || target == low || target == high, "not the nearest: {case}");
    }
}

#[test]
fn every_small_resize_is_strict_or_stays_within_bounds() {
    let kinds = [ExactCapacity, ChangeInCapacity, ChangeInPercentage];
    let mut adjustments = vec![(None, None)];
    for kind in kinds {
        let scale = if kind == ChangeInPercentage { 50.0 } else { 1.0 };
        adjustments.extend((-5..=6).map(|n| (Some(kind), Some(f64::from(n) * scale))));
    }
    let most = 5;
    for min in 0..4 {
        for max in -1..5 {
            for current in 0..6 {
                let cluster = sizes(3, min, max);
                for &(adjustment_type, number) in &adjustments {
                    for min_size in (0..5).map(Some).chain([None]) {
                        for max_size in (-1..7).map(Some).chain([None]) {
                            for strict in [STRICT, EASY] {
                                let request = ResizeRequest {
                                    adjustment_type,
                                    number,
                                    ..limits(min_size, max_size, strict)
                                };
                                judge(&cluster, current, &request, most);
                            }
                        }
                    }
                }
            }
        }
    }
}

fn any_request() -> impl Strategy<Value = ResizeRequest> {
    let number = prop_oneof![-300.0..300.0, any::<f64>()];
    let adjustment = proptest::option::of((proptest::sample::select(&AdjustmentType::ALL[..]), number));
    let min_size = proptest::option::of(0..1100_i64);
    let max_size = proptest::option::of(-1..1100_i64);
    let min_step = proptest::option::of(0..200_i64);
    (adjustment, min_size, max_size, min_step, any::<bool>()).prop_map(
        |(adjustment, min_size, max_size, min_step, strict)| {
            let (adjustment_type, number) = adjustment.unzip();
            ResizeRequest { adjustment_type, number, min_size, max_size, min_step, strict }
        },
    )
}

proptest! {
    #[test]
    fn any_resize_is_strict_or_stays_within_bounds(
        min in 0..300_i64, room in 0..700_i64, unlimited: bool, current in 0..1000_i64, request in any_request(),
    ) {
        let max = if unlimited { -1 } else { min + room };
        judge(&sizes(min, min, max), current, &request, MOST);
    }
}
