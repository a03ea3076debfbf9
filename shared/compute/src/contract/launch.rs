//! Creation is asynchronous, and tags come with it.

use super::Harness;
use super::case::Case;
use crate::instance::InstanceState;
use crate::listing::{Filter, list_all};
use serde_json::json;

pub(super) async fn an_instance_is_accepted_at_once_and_builds_by_itself(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let accepted = case.create(&case.request(0)).await;
    assert!(accepted.id.len() <= 36, "{} is too long for a physical id", accepted.id);
    assert!(
        matches!(accepted.state, InstanceState::Building | InstanceState::Active),
        "accepted as {:?}",
        accepted.state
    );
    let built = case.built(&accepted.id).await;
    assert_eq!(built.state, InstanceState::Active);
    assert_eq!((built.id, built.name), (accepted.id, accepted.name));
    case.close().await;
}

pub(super) async fn an_instance_carries_its_tags_wherever_it_shows(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let mut orphan = case.request(1);
    orphan.tags.cluster = None;
    for request in [case.request(0), orphan] {
        let id = case.create(&request).await;
        assert_eq!(id.tags.as_ref(), Some(&request.tags), "as accepted");
        let id = id.id;
        case.catch_up().await;
        let shown = case.compute.get(&id).await.expect("a read is answered").expect("it is there");
        assert_eq!(shown.tags.as_ref(), Some(&request.tags), "as read");
        assert_eq!(shown.name, request.name);
        let own = std::slice::from_ref(&id);
        for filter in [Filter::Node(request.tags.node), Filter::Action(request.tags.action), Filter::Ids(own)]
        {
            let listed = list_all(&*case.compute, filter).await.expect("a list is answered");
            let found = listed.into_iter().find(|instance| instance.id == id);
            assert_eq!(found.and_then(|instance| instance.tags), Some(request.tags.clone()), "{filter:?}");
        }
    }
    case.close().await;
}

pub(super) async fn a_failed_instance_says_why_and_exists_until_it_is_deleted(harness: &dyn Harness) {
    let Some(metadata) = harness.metadata_that_fails() else { return };
    let case = Case::roomy(harness).await;
    let mut request = case.request(0);
    request.metadata = metadata;
    let id = case.create(&request).await.id;
    match case.built(&id).await.state {
        InstanceState::Error { message } => assert!(!message.is_empty(), "the fault has a text"),
        state => panic!("it was made to fail and ended up as {state:?}"),
    }
    case.catch_up().await;
    assert_eq!(case.all().await, std::slice::from_ref(&id));
    case.delete(&id).await;
    case.catch_up().await;
    assert_eq!(case.all().await, Vec::<String>::new());
}

pub(super) async fn details_are_those_of_the_instance(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let id = case.create(&case.request(0)).await.id;
    case.built(&id).await;
    let details = case.compute.details(&id).await.expect("a read is answered").expect("it is there");
    assert_eq!(details.get("id"), Some(&json!(id)));
    case.delete(&id).await;
    case.catch_up().await;
    assert_eq!(case.compute.details(&id).await, Ok(None));
    case.close().await;
}

pub(super) async fn an_instance_is_described_as_a_profile_would_ask_for_it(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let mut request = case.request(0);
    let own = json!({ "own": "mark" });
    request.metadata = own.as_object().cloned().unwrap_or_default();
    request.metadata.insert("cluster_id".to_owned(), json!("a mark of the service"));
    let id = case.create(&request).await.id;
    case.built(&id).await;
    let described = case.compute.describe(&id).await.expect("a read is answered").expect("it is there");
    assert_eq!(described.get("name"), Some(&json!(request.name)));
    assert_eq!(described.get("metadata"), Some(&own), "of the metadata, what users put there");
    for (name, value) in &described {
        assert!(!value.is_null(), "{name} is null");
        assert!(!["admin_pass", "user_data"].contains(&name.as_str()), "{name} is secret");
    }
    case.delete(&id).await;
    case.catch_up().await;
    assert_eq!(case.compute.describe(&id).await, Ok(None));
    case.close().await;
}
