//! Whatever is sent, the answer is not a 5xx (but where the specification says so), and a request that
//! is refused leaves the table as it was.

mod bodies;
mod fields;
mod ids;
mod numbers;
mod sizes;
mod tokens;
mod urls;

use coppice_e2e::Answer;

/// Whether the service answered for itself. A spec without type or version is a 500 in the reference, and so is an
/// instance to adopt that the cloud does not have (spec api-resources E, L7).
fn sound(answer: &Answer) -> bool {
    let defined = |kind: &str| ["ESchema", "ProfileOperationFailed"].contains(&kind);
    answer.status < 500 || answer.status == 500 && defined(&answer.fault().0)
}

#[track_caller]
fn assert_sound(answer: &Answer, what: &str) {
    assert!(sound(answer), "{what}: {} {}", answer.status, answer.text());
    assert!(answer.header("x-openstack-request-id").is_some(), "{what}");
}
