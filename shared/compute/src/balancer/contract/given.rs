//! What users have already.

use super::BalancerHarness;
use super::case::{Case, named, sorted};
use crate::balancer::{Balancer, BalancerError, Front, PartKind, PartRef, Wanted};
use coppice_domain::cluster::JsonMap;
use serde_json::{Value, json};

/// The harness's properties with other values at some paths of two steps, or of one.
fn with(harness: &dyn BalancerHarness, changes: &[(&str, &str, Value)]) -> Wanted {
    let mut properties: JsonMap = harness.properties();
    for (section, key, value) in changes {
        if key.is_empty() {
            properties.insert((*section).to_owned(), value.clone());
        } else if let Some(section) = properties.get_mut(*section).and_then(Value::as_object_mut) {
            section.insert((*key).to_owned(), value.clone());
        }
    }
    Wanted::read("web", &properties)
}

pub(super) async fn what_a_user_has_is_used_and_never_deleted(harness: &dyn BalancerHarness) {
    let Some(given) = harness.given() else { return };
    for balancer in [Some(&given.name), Some(&given.id), None] {
        let case = Case::roomy(harness).await;
        let changes = [("loadbalancer", "", json!(balancer)), ("pool", "id", json!(given.pool))];
        let front = case.front(&with(harness, &changes)).await;
        let expected = Front {
            preexisting: true,
            loadbalancer: Some(given.id.clone()),
            pool: Some(given.pool.clone()),
            vip_address: front.vip_address.clone(),
            ..Front::default()
        };
        assert_eq!(front, expected);
        assert_eq!(case.parts().await, Vec::<String>::new(), "nothing is made");

        let (ours, theirs) = (case.member().await, case.member().await);
        case.join(&*case.balancer, &given.pool, &ours).await.expect("an instance joins");
        let mut other = Case::roomy(harness).await;
        other.balancer = case.balancer.clone();
        let theirs = other.join(&*other.balancer, &given.pool, &theirs).await.expect("another joins");
        case.catch_up().await;
        case.dismantle(&*case.balancer, &front).await;
        case.catch_up().await;
        assert_eq!(
            case.members(&given.pool).await,
            std::slice::from_ref(&theirs.id),
            "our member leaves, theirs stays"
        );
        other.leave(&given.pool, &theirs.id).await;

        for part in [PartRef::of(PartKind::Balancer, &given.id), PartRef::of(PartKind::Pool, &given.pool)] {
            let refusal = case.balancer.delete(&part).await;
            assert!(matches!(refusal, Err(BalancerError::Denied(_))), "{refusal:?}");
            assert!(matches!(case.balancer.get(&part).await, Ok(Some(_))));
        }
        case.close(&front).await;
    }
}

pub(super) async fn a_balancer_alone_gets_a_pool_and_a_port_that_go_again(harness: &dyn BalancerHarness) {
    let Some(given) = harness.given() else { return };
    let case = Case::roomy(harness).await;
    let front = case.front(&with(harness, &[("loadbalancer", "", json!(given.name))])).await;
    assert!(front.preexisting);
    assert_eq!(front.loadbalancer.as_ref(), Some(&given.id));
    case.catch_up().await;
    let made = [&front.pool, &front.listener, &front.healthmonitor].into_iter().flatten().cloned();
    assert_eq!(case.parts().await, sorted(made));
    assert_eq!(named(&front).len(), 4);
    let pool = front.pool.clone().expect("there is a pool");
    case.join(&*case.balancer, &pool, &case.member().await).await.expect("an instance joins");
    case.dismantle(&*case.balancer, &front).await;
    let top = case.balancer.get(&PartRef::of(PartKind::Balancer, &given.id)).await;
    assert!(matches!(top, Ok(Some(_))));
    case.close(&front).await;
}

pub(super) async fn what_is_named_and_not_there_is_not_found(harness: &dyn BalancerHarness) {
    const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";
    for changes in [
        [("loadbalancer", "", json!("nowhere"))],
        [("pool", "id", json!(NOWHERE))],
        [("health_monitor", "id", json!(NOWHERE))],
    ] {
        let case = Case::roomy(harness).await;
        let mut front = Front::default();
        let refusal = case.build(&*case.balancer, &with(harness, &changes), &mut front).await;
        assert!(matches!(refusal, Err(BalancerError::NotFound(_))), "{changes:?}: {refusal:?}");
        case.close(&front).await;
    }
}
