//! A front is built, found again, and made whole.

use super::BalancerHarness;
use super::case::{Case, named};
use crate::balancer::{Balancer, Front, PartKind, PartRef, PartState, Standing, Wanted};
use crate::compute::Deletion;
use coppice_domain::cluster::JsonMap;

pub(super) async fn a_front_is_built_by_asking_for_it_until_it_is_ready(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    assert!(!front.preexisting);
    assert!(front.vip_address.is_some(), "clients need an address");
    assert_eq!(named(&front).len(), 4, "{front:?}");
    for (kind, id, within, role) in [
        (PartKind::Balancer, &front.loadbalancer, &None, "lb"),
        (PartKind::Pool, &front.pool, &front.loadbalancer, "pool"),
        (PartKind::Listener, &front.listener, &front.loadbalancer, "listener"),
        (PartKind::Monitor, &front.healthmonitor, &front.pool, "monitor"),
    ] {
        let id = id.clone().expect("a front that is ready names all its parts");
        let part = case.balancer.get(&PartRef::of(kind, id.clone())).await.expect("a read is answered");
        let part = part.expect("what a front names is there");
        assert_eq!((part.kind, &part.id, &part.within), (kind, &id, within));
        assert_eq!(part.state, PartState::Active);
        assert_eq!(part.name, format!("senlin-{role}-web"));
        assert_eq!(part.origin.as_ref(), Some(&case.origin));
    }
    case.close(&front).await;
}

pub(super) async fn a_front_that_is_there_is_found_again_and_not_built_twice(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let wanted = case.wanted();
    let front = case.front(&wanted).await;
    let mut same = front.clone();
    assert_eq!(case.build(&*case.balancer, &wanted, &mut same).await, Ok(Standing::Ready));
    assert_eq!(same, front);
    case.catch_up().await;
    // As a worker does whose predecessor died before it wrote anything down.
    assert_eq!(case.front(&wanted).await, front);
    case.catch_up().await;
    assert_eq!(case.parts().await, named(&front));
    case.close(&front).await;
}

pub(super) async fn a_balancer_that_failed_says_so_and_can_be_taken_away(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let Some(properties) = harness.properties_that_fail() else { return };
    let mut front = Front::default();
    let standing = case.build(&*case.balancer, &Wanted::read("web", &properties), &mut front).await;
    let Ok(Standing::Failed { message }) = standing else { panic!("{standing:?}") };
    assert!(!message.is_empty());
    assert_eq!(named(&front).len(), 1, "nothing is built on what failed");
    case.close(&front).await;
}

pub(super) async fn without_a_monitor_there_is_none(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let mut properties: JsonMap = harness.properties();
    properties.remove("health_monitor");
    let front = case.front(&Wanted::read("web", &properties)).await;
    assert_eq!((front.healthmonitor.is_some(), named(&front).len()), (false, 3));
    case.close(&front).await;
}

pub(super) async fn a_part_that_was_deleted_from_outside_is_made_again(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let mut front = case.front(&case.wanted()).await;
    let lost = PartRef::of(PartKind::Monitor, front.healthmonitor.clone().expect("there is a monitor"));
    let gone = case.until(async || Ok((case.balancer.delete(&lost).await? == Deletion::Gone).then_some(())));
    gone.await.expect("a monitor is deleted");
    assert_eq!(case.build(&*case.balancer, &case.wanted(), &mut front).await, Ok(Standing::Ready));
    assert_ne!(front.healthmonitor.as_ref(), Some(&lost.id));
    case.catch_up().await;
    assert_eq!(case.parts().await, named(&front));
    case.close(&front).await;
}
