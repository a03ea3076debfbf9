//! Quota, capacity and throttling are told apart.

use super::case::{Case, Refused};
use super::{Harness, Situation};
use crate::compute::Idempotency;
use crate::error::{ComputeError, Consequence};
use crate::listing::Filter;

pub(super) async fn without_capacity_a_creation_fails_and_leaves_nothing_running(harness: &dyn Harness) {
    let Some(case) = Case::open(harness, Situation::Capacity(2)).await else { return };
    let first = case.attempt(&case.request(0)).await.expect("there is room for a first");
    case.attempt(&case.request(1)).await.expect("there is room for a second");
    match case.attempt(&case.request(2)).await {
        Err(Refused::AtOnce(error)) => {
            assert!(matches!(error, ComputeError::Capacity(_)), "{error:?}");
            assert_eq!(error.consequence(), Consequence::TryElsewhere);
        }
        Err(Refused::Later { message, id }) => {
            assert!(!message.is_empty(), "the fault has a text");
            case.delete(&id).await;
        }
        Ok(instance) => panic!("{} runs although there is no room", instance.id),
    }
    case.catch_up().await;
    assert_eq!(case.all().await.len(), 2);

    case.delete(&first.id).await;
    case.catch_up().await;
    case.attempt(&case.request(3)).await.expect("what was deleted makes room");
    case.close().await;
}

pub(super) async fn a_quota_counts_for_one_project(harness: &dyn Harness) {
    let Some(case) = Case::open(harness, Situation::Quota(2)).await else { return };
    for index in 0..2 {
        case.attempt(&case.request(index)).await.expect("the quota allows two");
    }
    match case.attempt(&case.request(2)).await {
        Err(Refused::AtOnce(error)) => {
            assert!(matches!(error, ComputeError::Quota(_)), "{error:?}");
            assert_eq!(error.consequence(), Consequence::Fail);
        }
        Err(Refused::Later { message, id }) => {
            assert!(!message.is_empty(), "the fault has a text");
            case.delete(&id).await;
        }
        Ok(instance) => panic!("{} runs although the quota is used up", instance.id),
    }
    let mut other = case.request(3);
    other.tags.project = "another".to_owned();
    case.attempt(&other).await.expect("another project has a quota of its own");
    case.close().await;
}

pub(super) async fn a_repeat_is_answered_although_the_quota_is_used_up(harness: &dyn Harness) {
    let Some(case) = Case::open(harness, Situation::Quota(1)).await else { return };
    if case.compute.idempotency() != Idempotency::Token {
        return;
    }
    let id = case.create(&case.request(0)).await.id;
    assert_eq!(case.create(&case.request(0)).await.id, id);
    case.close().await;
}

pub(super) async fn a_throttled_call_is_told_to_come_back_later(harness: &dyn Harness) {
    let Some(case) = Case::open(harness, Situation::Throttling).await else { return };
    let id = "00000000-0000-4000-8000-000000000000";
    for error in [
        case.compute.create(&case.request(0)).await.err(),
        case.compute.get(id).await.err(),
        case.compute.list(Filter::Action(case.action), None).await.err(),
        case.compute.delete(id).await.err(),
        case.compute.details(id).await.err(),
        case.compute.describe(id).await.err(),
    ] {
        let consequence = error.as_ref().map(ComputeError::consequence);
        assert!(matches!(consequence, Some(Consequence::RetryLater { .. })), "{error:?}");
    }
}
