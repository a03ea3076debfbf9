//! Members join and leave.

use super::BalancerHarness;
use super::case::{Case, sorted};
use crate::balancer::{
    Balancer, BalancerError, Member, PartFilter, PartRef, Standing, ensure_member, remove_member,
};
use crate::compute::Deletion;

pub(super) async fn an_instance_joins_once_with_its_address_and_leaves_for_good(
    harness: &dyn BalancerHarness,
) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let (one, other) = (case.member().await, case.member().await);
    let first = case.join(&*case.balancer, &pool, &one).await.expect("an instance joins");
    assert!(first.address.is_some(), "the address is found from the instance");
    case.catch_up().await;
    let again = case.join(&*case.balancer, &pool, &one).await.expect("an instance joins again");
    assert_eq!(again, first);
    let second = case.join(&*case.balancer, &pool, &other).await.expect("another instance joins");
    assert_ne!((&second.id, &second.address), (&first.id, &first.address));
    case.catch_up().await;
    assert_eq!(case.members(&pool).await, sorted([first.id.clone(), second.id.clone()]));

    case.leave(&pool, &first.id).await;
    assert_eq!(remove_member(&*case.balancer, &pool, &first.id).await, Ok(Deletion::Gone));
    assert_eq!(case.balancer.get(&PartRef::member(&pool, &first.id)).await, Ok(None));
    case.catch_up().await;
    assert_eq!(case.members(&pool).await, [second.id]);
    let back = case.join(&*case.balancer, &pool, &one).await.expect("what left may join again");
    assert_eq!((back.address, back.standing), (first.address, Standing::Ready));
    case.close(&front).await;
}

pub(super) async fn an_address_that_is_given_is_used(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let member = Member { address: Some("192.0.2.7".to_owned()), ..case.member().await };
    let joined = case.join(&*case.balancer, &pool, &member).await.expect("an instance joins");
    assert_eq!(joined.address.as_deref(), Some("192.0.2.7"));
    let part = case.balancer.get(&PartRef::member(&pool, &joined.id)).await.expect("a read is answered");
    let part = part.expect("a member that joined is there");
    assert_eq!((part.instance, part.name, part.within), (Some(member.instance), member.name, Some(pool)));
    case.close(&front).await;
}

pub(super) async fn what_cannot_join_is_told_from_what_has_left(harness: &dyn BalancerHarness) {
    const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let nobody = Member { instance: NOBODY.to_owned(), ..case.member().await };
    for (pool, member) in [(pool.as_str(), &nobody), (NOBODY, &case.member().await)] {
        let refusal = ensure_member(&*case.balancer, &case.origin, (pool, "subnet"), member, None).await;
        assert!(matches!(refusal, Err(BalancerError::NotFound(_))), "{refusal:?}");
    }
    for (pool, id) in [(pool.as_str(), NOBODY), (NOBODY, NOBODY), (pool.as_str(), "no such member")] {
        assert_eq!(remove_member(&*case.balancer, pool, id).await, Ok(Deletion::Gone));
    }
    case.close(&front).await;
}

pub(super) async fn members_are_listed_by_pool_and_instance(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    let mut joined = Vec::new();
    for _ in 0..3 {
        let member = case.member().await;
        let id = case.join(&*case.balancer, &pool, &member).await.expect("an instance joins").id;
        joined.push((member.instance, id));
    }
    case.catch_up().await;
    for (instance, id) in &joined {
        let filter = PartFilter::Member { pool: &pool, instance };
        assert_eq!(case.ids(filter).await, std::slice::from_ref(id));
        let elsewhere = PartFilter::Member { pool: "elsewhere", instance };
        assert_eq!(case.ids(elsewhere).await, Vec::<String>::new());
    }
    assert_eq!(case.members(&pool).await, sorted(joined.into_iter().map(|(_, id)| id)));
    assert_eq!(case.members("elsewhere").await, Vec::<String>::new());
    case.close(&front).await;
}
