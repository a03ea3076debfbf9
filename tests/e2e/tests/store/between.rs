//! What is decided by the state of a cluster's members stands only where no other decision came between: the place that
//! policies give one, and the cluster's status.

use crate::accepting::{event, freed};
use crate::records::{at, profile, store};
use crate::turns::waiting;
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap};
use coppice_domain::node::Node;
use coppice_store::{Begun, Claim, ClusterView, NodeBegin, Placing, Store, StoreError, Task};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

async fn begin(
    store: &Store,
    (task, node, cluster): (&Task, &Node, &Cluster),
    seen: i64,
    zone: &str,
) -> Result<Begun, StoreError> {
    let data = JsonMap::from_iter([("placement".to_owned(), json!({ "zone": zone }))]);
    let placing = Placing { cluster: cluster.id, seen, data: &data };
    let (work, event) = (json!({}), event(cluster, &task.action));
    let begin = NodeBegin {
        status: None,
        profile: None,
        work: &work,
        data: None,
        placing: Some(placing),
        event: &event,
    };
    store.node_begin(task, node, begin).await
}

async fn zone(store: &Store, node: &Node) -> String {
    let node = store.get::<Node>(node.id).await.unwrap().unwrap();
    node.data["placement"]["zone"].as_str().unwrap().to_owned()
}

async fn placings(store: &Store, cluster: &Cluster) -> i64 {
    store.cluster_view(cluster.id).await.unwrap().unwrap().placings
}

#[tokio::test]
async fn a_place_is_given_only_where_no_other_was_given_one_since_the_members_were_read() {
    let store = store().await;
    let (node, [task, _]) = waiting(&store).await;
    let cluster = freed(&store, &profile(1, "p")).await;
    store.take_turn(&task, node.id, None).await.unwrap();
    let about = (&task, &node, &cluster);
    assert_eq!(begin(&store, about, 0, "a").await, Ok(Begun::Done));
    assert_eq!(begin(&store, about, 0, "b").await, Ok(Begun::Overtaken));
    assert_eq!((zone(&store, &node).await.as_str(), placings(&store, &cluster).await), ("a", 1));
    assert_eq!(begin(&store, about, 1, "b").await, Ok(Begun::Done));
    assert_eq!((zone(&store, &node).await.as_str(), placings(&store, &cluster).await), ("b", 2));
}

#[tokio::test]
async fn who_lost_the_claim_is_told_that_and_takes_no_place() {
    let store = store().await;
    let (node, [task, _]) = waiting(&store).await;
    let cluster = freed(&store, &profile(1, "p")).await;
    store.take_turn(&task, node.id, None).await.unwrap();
    let claim = Claim { owner: Uuid::from_u128(8), now: at(500), lease: Duration::from_secs(90), seq: 0 };
    store.task_claim(task.action.id, claim).await.unwrap().unwrap();
    for seen in [0, 7] {
        assert_eq!(begin(&store, (&task, &node, &cluster), seen, "a").await, Ok(Begun::Lost));
    }
    assert_eq!(placings(&store, &cluster).await, 0);
}

/// What is said of members counts as an end of theirs: whoever judges the cluster by them sees it.
#[tokio::test]
async fn a_cluster_is_judged_by_what_is_told_of_its_members_only_where_nobody_judged_it_meanwhile() {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let cluster = freed(&store, &template).await;
    let view = async || store.cluster_view(cluster.id).await.unwrap().unwrap();
    let read = view().await;
    let said = |status, reason: &str| {
        let cluster = Cluster { status, status_reason: reason.to_owned(), ..cluster.clone() };
        ClusterView { cluster, ..read.clone() }
    };
    let (one, other) = (said(ClusterStatus::Warning, "one"), said(ClusterStatus::Error, "other"));
    assert_eq!(store.nodes_told(&[], Some(&one)).await, Ok(true));
    assert_eq!(store.nodes_told(&[], Some(&other)).await, Ok(false));
    let after = view().await;
    assert_eq!((after.cluster, after.member_ends), (one.cluster, read.member_ends + 1));
}
