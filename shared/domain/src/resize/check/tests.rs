use super::*;

const MOST: i64 = 1000;
const BOTH: [bool; 2] = [false, true];
const EASY: [bool; 1] = [false];
const STRICT: [bool; 1] = [true];

const fn sizes(desired_capacity: i64, min_size: i64, max_size: i64) -> Option<Sizes> {
    Some(Sizes { min_size, max_size, desired_capacity })
}

#[test]
fn engine_cluster_7c_the_executed_examples_of_the_reference_hold() {
    type Row = (u8, Option<Sizes>, [Option<i64>; 3], &'static [bool], &'static str);
    let c = sizes(5, 2, 8);
    // Number; cluster; target, minimum, maximum; strict or not or either way; text.
    #[rustfmt::skip]
    let rows: [Row; 23] = [
        (1, c, [Some(9), None, None], &EASY, ""),
        (2, c, [Some(9), None, None], &STRICT, "The target capacity (9) is greater than the cluster's max_size (8)."),
        (3, c, [Some(1), None, None], &EASY, ""),
        (4, c, [Some(1), None, None], &STRICT, "The target capacity (1) is less than the cluster's min_size (2)."),
        (5, c, [Some(1001), None, None], &BOTH, "The target capacity (1001) is greater than the maximum number of nodes allowed per cluster (1000)."),
        (6, c, [Some(4), Some(5), None], &BOTH, "The target capacity (4) is less than the specified min_size (5)."),
        (7, c, [Some(6), None, Some(5)], &BOTH, "The target capacity (6) is greater than the specified max_size (5)."),
        (8, c, [Some(6), None, Some(-1)], &BOTH, ""),
        (9, c, [None, Some(6), None], &STRICT, "The specified min_size (6) is greater than the current desired_capacity (5) of the cluster."),
        (10, c, [None, Some(6), None], &EASY, ""),
        (11, c, [None, Some(9), None], &BOTH, "The specified min_size (9) is greater than the current max_size (8) of the cluster."),
        (12, c, [None, Some(9), Some(-1)], &EASY, ""),
        (13, c, [None, None, Some(4)], &STRICT, "The specified max_size (4) is less than the current desired_capacity (5) of the cluster."),
        (14, c, [None, None, Some(4)], &EASY, ""),
        (15, c, [None, None, Some(1)], &BOTH, "The specified max_size (1) is less than the current min_size (2) of the cluster."),
        (16, c, [None, None, Some(0)], &BOTH, "The specified max_size (0) is less than the current min_size (2) of the cluster."),
        (17, None, [Some(5), None, Some(3)], &BOTH, "The target capacity (5) is greater than the specified max_size (3)."),
        (18, None, [Some(0), None, None], &BOTH, ""),
        (19, None, [Some(2), Some(3), None], &BOTH, "The target capacity (2) is less than the specified min_size (3)."),
        (20, c, [None, None, Some(1001)], &BOTH, "The specified max_size (1001) is greater than the maximum number of nodes allowed per cluster (1000)."),
        (21, sizes(5, 0, -1), [Some(-1), None, None], &STRICT, "The target capacity (-1) is less than the cluster's min_size (0)."),
        (22, sizes(5, 0, -1), [Some(-1), None, None], &EASY, ""),
        (23, sizes(0, 0, 0), [Some(1), None, None], &STRICT, "The target capacity (1) is greater than the cluster's max_size (0)."),
    ];
    for (row, cluster, [desired, min_size, max_size], stricts, text) in rows {
        for &strict in stricts {
            let got = check_sizes(cluster.as_ref(), desired, min_size, max_size, strict, MOST);
            assert_eq!(got.err().unwrap_or_default(), text, "7c #{row}, strict {strict}");
        }
    }
}

#[test]
fn the_specified_limits_must_not_contradict_each_other() {
    let text = "The specified min_size (4) is greater than the specified max_size (3).";
    assert_eq!(check_sizes(None, None, Some(4), Some(3), true, MOST), Err(text.to_owned()));
    assert_eq!(check_sizes(None, None, Some(4), Some(-1), true, MOST), Ok(()));
}

/// The eleven rules as the published table has them: condition and text, first match wins.
fn naive(
    cluster: Option<&Sizes>,
    desired: Option<i64>,
    min_size: Option<i64>,
    max_size: Option<i64>,
    strict: bool,
    most: i64,
) -> Result<(), String> {
    // Absent values become zeros that no condition reads unless the value is there.
    let (has_c, has_d) = (cluster.is_some(), desired.is_some());
    let (has_n, has_x) = (min_size.is_some(), max_size.is_some());
    let c = cluster.copied().unwrap_or(Sizes { min_size: 0, max_size: 0, desired_capacity: 0 });
    let (d, n, x) = (desired.unwrap_or(0), min_size.unwrap_or(0), max_size.unwrap_or(0));
    #[rustfmt::skip]
    let rules = [
        (has_d && d > most, format!("The target capacity ({d}) is greater than the maximum number of nodes allowed per cluster ({most}).")),
        (has_d && has_n && d < n, format!("The target capacity ({d}) is less than the specified min_size ({n}).")),
        (has_d && !has_n && has_c && strict && d < c.min_size, format!("The target capacity ({d}) is less than the cluster's min_size ({}).", c.min_size)),
        (has_d && has_x && x >= 0 && d > x, format!("The target capacity ({d}) is greater than the specified max_size ({x}).")),
        (has_d && !has_x && has_c && strict && c.max_size >= 0 && d > c.max_size, format!("The target capacity ({d}) is greater than the cluster's max_size ({}).", c.max_size)),
        (has_n && has_x && x >= 0 && n > x, format!("The specified min_size ({n}) is greater than the specified max_size ({x}).")),
        (has_n && !has_x && has_c && c.max_size >= 0 && n > c.max_size, format!("The specified min_size ({n}) is greater than the current max_size ({}) of the cluster.", c.max_size)),
        (has_n && !has_d && has_c && strict && n > c.desired_capacity, format!("The specified min_size ({n}) is greater than the current desired_capacity ({}) of the cluster.", c.desired_capacity)),
        (has_x && x > most, format!("The specified max_size ({x}) is greater than the maximum number of nodes allowed per cluster ({most}).")),
        (has_x && !has_n && has_c && x >= 0 && x < c.min_size, format!("The specified max_size ({x}) is less than the current min_size ({}) of the cluster.", c.min_size)),
        (has_x && !has_d && has_c && strict && x >= 0 && x < c.desired_capacity, format!("The specified max_size ({x}) is less than the current desired_capacity ({}) of the cluster.", c.desired_capacity)),
    ];
    rules.into_iter().find(|(fails, _)| *fails).map_or(Ok(()), |(_, text)| Err(text))
}

fn clusters() -> impl Iterator<Item = Option<Sizes>> {
    let some = (-1..6).flat_map(|min_size| {
        (-1..6).flat_map(move |max_size| {
            (-1..6).map(move |desired_capacity| Some(Sizes { min_size, max_size, desired_capacity }))
        })
    });
    some.chain([None])
}

#[test]
fn every_small_case_equals_the_published_table() {
    let options: Vec<_> = (-1..6).map(Some).chain([None]).collect();
    let most = 4;
    for cluster in clusters() {
        let cluster = cluster.as_ref();
        for &desired in &options {
            for &min_size in &options {
                for &max_size in &options {
                    for strict in BOTH {
                        assert_eq!(
                            check_sizes(cluster, desired, min_size, max_size, strict, most),
                            naive(cluster, desired, min_size, max_size, strict, most),
                            "{cluster:?} {desired:?} {min_size:?} {max_size:?} {strict}"
                        );
                    }
                }
            }
        }
    }
}
