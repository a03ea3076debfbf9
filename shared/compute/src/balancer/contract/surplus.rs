//! What nobody claims is found and taken away.

use super::BalancerHarness;
use super::case::{Case, named, sorted};
use crate::balancer::{Balancer, Blueprint, PartFilter, PartRequest};
use std::time::Duration;

const LEEWAY: Duration = Duration::from_secs(60);

pub(super) async fn unclaimed_parts_are_listed_and_pruned_and_claimed_ones_stay(
    harness: &dyn BalancerHarness,
) {
    let case = Case::roomy(harness).await;
    let wanted = case.wanted();
    let front = case.front(&wanted).await;
    let pool = front.pool.clone().expect("there is a pool");
    let stays = case.join(&*case.balancer, &pool, &case.member().await).await.expect("an instance joins");
    let goes = case.join(&*case.balancer, &pool, &case.member().await).await.expect("an instance joins");
    // As a worker does that looked, and found nothing.
    let what = Blueprint::Balancer { vip: wanted.vip, zone: wanted.zone, flavor: wanted.flavor };
    let request = PartRequest { name: "surplus".to_owned(), origin: case.origin.clone(), what };
    let surplus = case.balancer.create(&request).await.expect("a balancer is accepted");
    case.catch_up().await;
    let mut all = named(&front);
    all.push(surplus.id);
    assert_eq!(case.parts().await, sorted(all));
    assert_eq!(case.members(&pool).await, sorted([stays.id.clone(), goes.id]));
    case.prune(&front, std::slice::from_ref(&stays.id)).await;
    assert_eq!(case.parts().await, named(&front));
    assert_eq!(case.members(&pool).await, [stays.id]);
    case.close(&front).await;
}

pub(super) async fn lists_show_one_deployment_in_one_span_of_time(harness: &dyn BalancerHarness) {
    let case = Case::roomy(harness).await;
    harness.pass(2 * LEEWAY).await;
    let from = harness.now().minus(LEEWAY);
    let front = case.front(&case.wanted()).await;
    let pool = front.pool.clone().expect("there is a pool");
    case.join(&*case.balancer, &pool, &case.member().await).await.expect("an instance joins");
    case.catch_up().await;
    let before = harness.now().plus(LEEWAY);
    let name = case.origin.deployment.as_str();
    let shown = case.ids(PartFilter::Deployment { name, from, before }).await;
    for id in named(&front) {
        assert!(shown.contains(&id), "{id}");
    }
    for filter in [
        PartFilter::Deployment { name: "another deployment", from, before },
        PartFilter::Deployment { name, from: from.minus(LEEWAY), before: from },
        PartFilter::Deployment { name, from: before, before: from },
    ] {
        let shown = case.ids(filter).await;
        assert!(named(&front).iter().all(|id| !shown.contains(id)), "{filter:?}");
    }
    case.close(&front).await;
}
