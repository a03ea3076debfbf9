//! Everything goes.

use super::BalancerHarness;
use super::case::{Case, named};
use crate::balancer::{Balancer, Front, PartKind, PartRef, Standing, ensure_front};
use crate::compute::Deletion;

pub(super) async fn everything_goes_and_a_repeat_is_harmless(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let member = case.join(&*case.balancer, &pool, &case.member().await).await.expect("an instance joins");
    let other = Case::roomy(harness).await;
    let others = other.front(&other.wanted()).await;

    // Even where no list shows it yet.
    case.dismantle(&*case.balancer, &front).await;
    for (kind, id) in [
        (PartKind::Balancer, &front.loadbalancer),
        (PartKind::Pool, &front.pool),
        (PartKind::Listener, &front.listener),
        (PartKind::Monitor, &front.healthmonitor),
    ] {
        let part = PartRef::of(kind, id.clone().expect("a front names all its parts"));
        assert_eq!(case.balancer.get(&part).await, Ok(None));
        assert_eq!(case.balancer.delete(&part).await, Ok(Deletion::Gone));
    }
    let member = PartRef::member(&pool, &member.id);
    assert_eq!(case.balancer.get(&member).await, Ok(None), "a pool takes its members along");
    assert_eq!(case.balancer.delete(&member).await, Ok(Deletion::Gone));
    case.catch_up().await;
    assert_eq!(case.members(&pool).await, Vec::<String>::new());
    assert_eq!(other.parts().await, named(&others), "another cluster's front stays");
    other.close(&others).await;
    case.close(&front).await;
}

pub(super) async fn a_front_can_be_taken_away_however_far_it_is(harness: &dyn BalancerHarness) {
    for steps in 0..12 {
        let case = Case::roomy(harness).await;
        let mut front = Front::default();
        for _ in 0..steps {
            let standing = ensure_front(&*case.balancer, &case.origin, &case.wanted(), &mut front).await;
            if standing == Ok(Standing::Ready) {
                break;
            }
            assert_eq!(standing, Ok(Standing::Pending));
            harness.pass(std::time::Duration::from_secs(1)).await;
        }
        case.close(&front).await;
    }
}

pub(super) async fn unknown_parts_are_gone(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    for kind in [PartKind::Balancer, PartKind::Listener, PartKind::Pool, PartKind::Monitor] {
        for id in ["00000000-0000-4000-8000-000000000000", "no such part"] {
            assert_eq!(case.balancer.delete(&PartRef::of(kind, id)).await, Ok(Deletion::Gone));
            assert_eq!(case.balancer.get(&PartRef::of(kind, id)).await, Ok(None));
        }
    }
    assert_eq!(case.balancer.find("no such balancer").await, Ok(None));
    case.close(&Front::default()).await;
}
