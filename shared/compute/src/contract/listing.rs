//! Lists, and how stale they may be.

use super::Harness;
use super::case::Case;
use crate::error::ComputeError;
use crate::instance::InstanceState;
use crate::listing::{Filter, MAX_IDS};
use coppice_domain::ids::{ActionId, NodeId};
use std::time::Duration;

/// How far the backend's clock and its resolution may be off.
const LEEWAY: Duration = Duration::from_secs(60);

pub(super) async fn each_filter_selects_what_it_says(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let from = harness.now().minus(LEEWAY);
    let mut requests = [case.request(0), case.request(1), case.request(2)];
    // As a node that is made again by a later action: the same node, another action.
    let later = ActionId::derived(case.action, "later", 0);
    requests[2].tags.action = later;
    requests[2].tags.node = requests[1].tags.node;
    let mut ids = Vec::new();
    for request in &requests {
        ids.push(case.create(request).await.id);
    }
    case.catch_up().await;
    harness.pass(Duration::from_secs(1)).await;
    let sorted = |mut some: Vec<&String>| {
        some.sort_unstable();
        some.into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(case.ids(Filter::Node(requests[0].tags.node)).await, sorted(vec![&ids[0]]));
    assert_eq!(case.ids(Filter::Node(requests[1].tags.node)).await, sorted(vec![&ids[1], &ids[2]]));
    assert_eq!(case.ids(Filter::Action(case.action)).await, sorted(vec![&ids[0], &ids[1]]));
    assert_eq!(case.ids(Filter::Action(later)).await, sorted(vec![&ids[2]]));
    let asked = [ids[2].clone(), ids[0].clone()];
    assert_eq!(case.ids(Filter::Ids(&asked)).await, sorted(vec![&ids[0], &ids[2]]));
    assert_eq!(case.ids(Filter::Ids(&[])).await, Vec::<String>::new());
    assert_eq!(case.ids(Filter::Node(NodeId::derived(later, "none", 0))).await, Vec::<String>::new());

    let name = requests[0].tags.deployment.as_str();
    let before = harness.now().plus(LEEWAY);
    let deployment = case.ids(Filter::Deployment { name, from, before }).await;
    assert!(ids.iter().all(|id| deployment.contains(id)), "{deployment:?}");
    let earlier = Filter::Deployment { name, from: from.minus(LEEWAY), before: from };
    assert!(case.ids(earlier).await.iter().all(|id| !ids.contains(id)));
    let foreign = Filter::Deployment { name: "another deployment", from, before };
    assert!(case.ids(foreign).await.iter().all(|id| !ids.contains(id)));
    case.delete(&ids[2]).await;
    case.close().await;
}

pub(super) async fn hundreds_of_instances_are_polled_by_action_or_by_id(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let mut ids = Vec::new();
    for index in 0..harness.many() {
        ids.push(case.create(&case.request(index)).await.id);
    }
    ids.sort_unstable();
    case.catch_up().await;
    assert_eq!(case.all().await, ids);
    let page = case.compute.list(Filter::Ids(&ids), None).await.expect("a list is answered");
    assert_eq!(page.next, None, "ids come in one page");
    assert_eq!(page.instances.len(), ids.len());
    case.close().await;
}

pub(super) async fn reads_catch_up_within_the_staleness_that_is_declared(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let id = case.create(&case.request(0)).await.id;
    case.catch_up().await;
    assert!(matches!(case.compute.get(&id).await, Ok(Some(_))));
    assert_eq!(case.all().await, std::slice::from_ref(&id));
    assert_eq!(case.built(&id).await.state, InstanceState::Active);

    case.delete(&id).await;
    case.catch_up().await;
    assert_eq!(case.compute.get(&id).await, Ok(None));
    assert_eq!(case.all().await, Vec::<String>::new());
    assert_eq!(case.ids(Filter::Ids(&[id])).await, Vec::<String>::new());
}

pub(super) async fn too_many_ids_are_refused(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let ids = vec!["00000000-0000-4000-8000-000000000000".to_owned(); MAX_IDS + 1];
    let refusal = case.compute.list(Filter::Ids(&ids), None).await;
    assert!(matches!(refusal, Err(ComputeError::Invalid(_))), "{refusal:?}");
}
