//! The contract of load balancing as a suite of checks that any driver can be run through.
//!
//! A [`BalancerHarness`] supplies services, time, and what only it can know; each check is a sentence of the
//! contract. Parts are cleaned up by the checks that made them.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "checks fail by panicking; nothing here is in a release"
)]

mod case;
mod deletion;
mod front;
mod given;
mod lost;
mod members;
mod refusal;
mod surplus;

use super::Balancer;
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ClusterId;
use coppice_domain::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// What a check needs of its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalancerSituation {
    /// Nothing stands in the way.
    Roomy,
    /// Each project may have this many balancers.
    Quota(u64),
    /// Every call is throttled.
    Throttling,
}

/// What a user has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// A balancer's name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// A pool in it.
    pub pool: String,
}

/// Supplies what the suite needs.
#[async_trait]
pub trait BalancerHarness: Send + Sync {
    /// A service in this situation; none if it cannot be brought about, and then the check is skipped.
    async fn balancer(&self, situation: BalancerSituation) -> Option<Arc<dyn Balancer>>;

    /// The properties of a policy with a monitor, which asks for a balancer of its own.
    fn properties(&self) -> JsonMap;

    /// Properties whose balancer ends in `Error`; none if there is no such thing.
    fn properties_that_fail(&self) -> Option<JsonMap>;

    /// What a user has already, on every service of this harness; none if there is nothing.
    fn given(&self) -> Option<Given>;

    /// An instance that runs, another one every time.
    async fn instance(&self) -> String;

    /// A cluster that no part stems from yet.
    fn cluster(&self) -> ClusterId;

    /// The time.
    fn now(&self) -> Timestamp;

    /// Lets time pass.
    async fn pass(&self, span: Duration);
}

/// Runs every check.
///
/// # Panics
/// When the driver breaks a promise.
pub async fn suite(harness: &dyn BalancerHarness) {
    front::a_front_is_built_by_asking_for_it_until_it_is_ready(harness).await;
    front::a_front_that_is_there_is_found_again_and_not_built_twice(harness).await;
    front::a_balancer_that_failed_says_so_and_can_be_taken_away(harness).await;
    front::without_a_monitor_there_is_none(harness).await;
    front::a_part_that_was_deleted_from_outside_is_made_again(harness).await;

    given::what_a_user_has_is_used_and_never_deleted(harness).await;
    given::a_balancer_alone_gets_a_pool_and_a_port_that_go_again(harness).await;
    given::what_is_named_and_not_there_is_not_found(harness).await;

    members::an_instance_joins_once_with_its_address_and_leaves_for_good(harness).await;
    members::an_address_that_is_given_is_used(harness).await;
    members::what_cannot_join_is_told_from_what_has_left(harness).await;
    members::members_are_listed_by_pool_and_instance(harness).await;

    lost::lost_and_failed_calls_leave_one_front_after_the_surplus_is_gone(harness).await;
    lost::lost_and_failed_calls_leave_one_member_after_the_surplus_is_gone(harness).await;
    lost::lost_and_failed_deletions_are_repeated(harness).await;

    deletion::everything_goes_and_a_repeat_is_harmless(harness).await;
    deletion::a_front_can_be_taken_away_however_far_it_is(harness).await;
    deletion::unknown_parts_are_gone(harness).await;

    surplus::unclaimed_parts_are_listed_and_pruned_and_claimed_ones_stay(harness).await;
    surplus::lists_show_one_deployment_in_one_span_of_time(harness).await;

    refusal::a_quota_counts_for_one_project(harness).await;
    refusal::a_throttled_call_is_told_to_come_back_later(harness).await;
    refusal::a_busy_balancer_is_told_from_one_that_refuses(harness).await;
}
