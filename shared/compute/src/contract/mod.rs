//! The contract as a suite of checks that any backend can be run through.
//!
//! A [`Harness`] supplies backends, time, and what only it can know; each check is a sentence of the
//! contract. Instances are cleaned up by the checks that made them.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "checks fail by panicking; nothing here is in a release"
)]

mod case;
mod change;
mod deletion;
mod launch;
mod listing;
mod refusal;
mod repeat;

use crate::compute::Compute;
use async_trait::async_trait;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// What a check needs of its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// Nothing stands in the way.
    Roomy,
    /// The cloud has room for this many instances.
    Capacity(u64),
    /// Each project may have this many instances.
    Quota(u64),
    /// Every call is throttled.
    Throttling,
}

/// Supplies what the suite needs.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A backend in this situation; none if it cannot be brought about, and then the check is skipped.
    async fn backend(&self, situation: Situation) -> Option<Arc<dyn Compute>>;

    /// The properties of a small instance.
    fn spec(&self) -> JsonMap;

    /// Metadata that makes an instance end in `Error`; none if there is no such thing.
    fn metadata_that_fails(&self) -> Option<JsonMap>;

    /// The id of an action that no instance stems from yet.
    fn action(&self) -> ActionId;

    /// The time.
    fn now(&self) -> Timestamp;

    /// Lets time pass.
    async fn pass(&self, span: Duration);

    /// How many instances the check of long lists makes.
    fn many(&self) -> u64 {
        120
    }
}

/// Runs every check.
///
/// # Panics
/// When the backend breaks a promise.
pub async fn suite(harness: &dyn Harness) {
    launch::an_instance_is_accepted_at_once_and_builds_by_itself(harness).await;
    launch::an_instance_carries_its_tags_wherever_it_shows(harness).await;
    launch::a_failed_instance_says_why_and_exists_until_it_is_deleted(harness).await;
    launch::details_are_those_of_the_instance(harness).await;
    launch::an_instance_is_described_as_a_profile_would_ask_for_it(harness).await;

    repeat::a_repeated_creation_does_what_the_backend_says(harness).await;
    repeat::ensuring_a_creation_repeatedly_makes_one_instance(harness).await;
    repeat::after_a_race_every_repeat_adopts_the_same_instance(harness).await;
    repeat::lost_and_failed_calls_never_leave_a_second_instance(harness).await;
    repeat::a_token_whose_instance_is_gone_is_spent(harness).await;

    deletion::a_deletion_is_repeated_until_gone(harness).await;
    deletion::an_instance_can_be_deleted_as_soon_as_it_is_accepted(harness).await;
    deletion::a_deletion_whose_answer_was_lost_is_repeated(harness).await;
    deletion::an_unknown_instance_is_gone(harness).await;

    change::a_change_is_repeated_until_done(harness).await;
    change::an_update_and_labels_show_in_the_details(harness).await;
    change::what_is_gone_or_unknown_cannot_be_changed(harness).await;

    refusal::without_capacity_a_creation_fails_and_leaves_nothing_running(harness).await;
    refusal::a_quota_counts_for_one_project(harness).await;
    refusal::a_repeat_is_answered_although_the_quota_is_used_up(harness).await;
    refusal::a_throttled_call_is_told_to_come_back_later(harness).await;

    listing::each_filter_selects_what_it_says(harness).await;
    listing::hundreds_of_instances_are_polled_by_action_or_by_id(harness).await;
    listing::reads_catch_up_within_the_staleness_that_is_declared(harness).await;
    listing::too_many_ids_are_refused(harness).await;
}
