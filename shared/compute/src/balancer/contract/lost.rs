//! Calls that are lost or fail.

use super::BalancerHarness;
use super::case::{Case, named};
use crate::balancer::{BalancerError, Front, Standing};
use crate::testing::{Faulty, Injected, PartCall};
use std::sync::Arc;

fn failures() -> [Injected<BalancerError>; 4] {
    let silence = || BalancerError::Transient("no answer".to_owned());
    [
        Injected::Before(silence()),
        Injected::After(silence()),
        Injected::Before(BalancerError::Throttled { retry_after: None }),
        Injected::Before(BalancerError::Busy),
    ]
}

pub(super) async fn lost_and_failed_calls_leave_one_front_after_the_surplus_is_gone(
    harness: &dyn BalancerHarness,
) {
    for (kind, times) in [(PartCall::Create, 4), (PartCall::List, 2), (PartCall::Get, 4)] {
        for nth in 0..times {
            for failure in failures() {
                let case = Case::roomy(harness).await;
                let wanted = case.wanted();
                let faulty = Faulty::on_nth(Arc::clone(&case.balancer), kind, nth, failure.clone());
                // The worker dies before it wrote anything down, and another repeats it all.
                let built = case.build(&faulty, &wanted, &mut Front::default()).await;
                assert_eq!(built, Ok(Standing::Ready), "{failure:?} of {kind:?} {nth}");
                case.catch_up().await;
                let mut front = Front::default();
                assert_eq!(case.build(&faulty, &wanted, &mut front).await, Ok(Standing::Ready));
                case.prune(&front, &[]).await;
                assert_eq!(case.parts().await, named(&front), "{failure:?} of {kind:?} {nth}");
                assert_eq!(case.front(&wanted).await, front, "what is claimed is whole");
                case.close(&front).await;
            }
        }
    }
}

pub(super) async fn lost_and_failed_calls_leave_one_member_after_the_surplus_is_gone(
    harness: &dyn BalancerHarness,
) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let mut claimed = Vec::new();
    for kind in [PartCall::Create, PartCall::List] {
        for failure in failures() {
            let member = case.member().await;
            let faulty = Faulty::on_nth(Arc::clone(&case.balancer), kind, 0, failure);
            case.join(&faulty, &pool, &member).await.expect("an instance joins");
            case.catch_up().await;
            claimed.push(case.join(&faulty, &pool, &member).await.expect("an instance joins again").id);
        }
    }
    claimed.sort_unstable();
    case.prune(&front, &claimed).await;
    assert_eq!(case.members(&pool).await, claimed);
    case.close(&front).await;
}

pub(super) async fn lost_and_failed_deletions_are_repeated(harness: &dyn BalancerHarness) {
    for kind in [PartCall::Delete, PartCall::List] {
        for failure in failures() {
            let case = Case::roomy(harness).await;
            let front = case.front(&case.wanted()).await;
            let faulty = Faulty::on_nth(Arc::clone(&case.balancer), kind, 0, failure);
            case.dismantle(&faulty, &front).await;
            case.close(&front).await;
        }
    }
}
