//! Quota, throttling and a balancer at work are told apart.

use super::case::{Case, sorted};
use super::{BalancerHarness, BalancerSituation};
use crate::balancer::{
    Balancer, BalancerError, Front, PartFilter, PartKind, PartRef, Standing, ensure_front, ensure_member,
};
use crate::error::Consequence;

pub(super) async fn a_quota_counts_for_one_project(harness: &dyn BalancerHarness) {
    let Some(case) = Case::open(harness, BalancerSituation::Quota(1)).await else { return };
    let front = case.front(&case.wanted()).await;
    case.catch_up().await;
    let mut second = Case::roomy(harness).await;
    second.balancer = case.balancer.clone();
    let refusal = second.build(&*second.balancer, &second.wanted(), &mut Front::default()).await;
    assert!(matches!(refusal, Err(BalancerError::Quota(_))), "{refusal:?}");
    second.origin.project = "another".to_owned();
    let other = second.front(&second.wanted()).await;
    case.dismantle(&*case.balancer, &front).await;
    case.catch_up().await;
    let again = case.front(&case.wanted()).await;
    second.close(&other).await;
    case.close(&again).await;
}

pub(super) async fn a_throttled_call_is_told_to_come_back_later(harness: &dyn BalancerHarness) {
    let Some(case) = Case::open(harness, BalancerSituation::Throttling).await else { return };
    let part = PartRef::of(PartKind::Balancer, "00000000-0000-4000-8000-000000000000");
    let standing = ensure_front(&*case.balancer, &case.origin, &case.wanted(), &mut Front::default()).await;
    for error in [
        standing.err(),
        case.balancer.get(&part).await.err(),
        case.balancer.find("any").await.err(),
        case.balancer.list(PartFilter::Origin(&case.origin), None).await.err(),
        case.balancer.delete(&part).await.err(),
    ] {
        let consequence = error.as_ref().map(BalancerError::consequence);
        assert!(matches!(consequence, Some(Consequence::RetryLater { .. })), "{error:?}");
    }
}

pub(super) async fn a_busy_balancer_is_told_from_one_that_refuses(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let (one, other) = (case.member().await, case.member().await);
    let at = (pool.as_str(), "subnet");
    let first = ensure_member(&*case.balancer, &case.origin, at, &one, None).await.expect("it is accepted");
    let second = ensure_member(&*case.balancer, &case.origin, at, &other, None).await;
    if first.standing == Standing::Pending {
        assert_eq!(second, Err(BalancerError::Busy));
        let top = PartRef::of(PartKind::Balancer, front.loadbalancer.clone().expect("there is a balancer"));
        assert_eq!(case.balancer.delete(&top).await, Err(BalancerError::Busy));
        let consequence = BalancerError::Busy.consequence();
        assert_eq!(consequence, Consequence::RetryLater { after: None });
    }
    // Where it was accepted at once, lists must show it before it is asked for without its id.
    case.catch_up().await;
    let second = case.join(&*case.balancer, &pool, &other).await.expect("it gets its turn");
    case.catch_up().await;
    assert_eq!(case.members(&pool).await, sorted([first.id, second.id]));
    case.close(&front).await;
}
