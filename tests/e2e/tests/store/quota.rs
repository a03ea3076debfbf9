//! The quota is counted in the transaction that needs it.

use crate::records::{PROJECT, accept, cluster, profile, store};
use coppice_store::Acceptance;
use futures::future::join_all;

#[tokio::test]
async fn of_many_requests_at_once_exactly_as_many_are_accepted_as_may_be() {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let clusters: Vec<_> = (1..=12).map(|number| cluster(number * 0x10, "c", &template)).collect();
    let outcomes = join_all(clusters.iter().map(|cluster| accept(&store, cluster, 5))).await;
    let count =
        |wanted: Acceptance| outcomes.iter().filter(|outcome| **outcome == Ok(wanted.clone())).count();
    assert_eq!(count(Acceptance::Accepted), 5, "{outcomes:?}");
    assert_eq!(count(Acceptance::OverQuota), 7, "{outcomes:?}");
    assert_eq!(store.cluster_count(PROJECT).await, Ok(5));
}

#[tokio::test]
async fn a_request_that_is_repeated_counts_once() {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let cluster = cluster(0x10, "c", &template);
    assert_eq!(accept(&store, &cluster, 1).await, Ok(Acceptance::Accepted));
    assert_eq!(accept(&store, &cluster, 1).await, Ok(Acceptance::Accepted));
    assert_eq!(store.cluster_count(PROJECT).await, Ok(1));
}
