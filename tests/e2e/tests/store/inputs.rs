//! Inputs of an action that are long are apart from what is written with every step (invariant 6).

use crate::records::{NO_QUOTA, accept, action, at, cluster, profile, store};
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::JsonMap;
use coppice_store::{Acceptance, AcceptedAction, Claim, ListRequest, Scope, Store};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// An action that is told so many ids, on a cluster that nothing else is done to any more.
async fn accepted(store: &Store, ids: u128) -> Action {
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let made = cluster(0x10, "c", &template);
    assert_eq!(accept(store, &made, NO_QUOTA).await, Ok(Acceptance::Accepted));
    let candidates: Vec<Uuid> = (0..ids).map(Uuid::from_u128).collect();
    let inputs = JsonMap::from_iter([("candidates".to_owned(), json!(candidates))]);
    let told = Action { inputs, ..action(0x12, ActionKind::ClusterDelete, &made) };
    let request = AcceptedAction { action: &told, due_at: at(60), work: None };
    let holder = store.get::<coppice_domain::cluster::Cluster>(made.id).await.unwrap().unwrap().active_action;
    assert_eq!(store.accept_on_cluster(made.id, request, holder).await, Ok(Acceptance::Accepted));
    told
}

#[tokio::test]
async fn long_inputs_are_read_back_like_any_others() {
    for ids in [3, 2_000] {
        let store = store().await;
        let told = accepted(&store, ids).await;
        assert_eq!(store.get::<Action>(told.id).await.unwrap().unwrap().inputs, told.inputs);
        let listed = store
            .list(Scope::Project(&told.project), &ListRequest::default(), &|action: &Action| {
                action.id == told.id
            })
            .await
            .unwrap();
        assert_eq!(listed[0].inputs, told.inputs);
        assert_eq!(store.task(told.id).await.unwrap().unwrap().action.inputs, told.inputs);
        let claim = Claim { owner: Uuid::from_u128(5), now: at(1), lease: Duration::from_secs(60), seq: 0 };
        let claimed = store.task_claim(told.id, claim).await.unwrap().unwrap();
        assert_eq!(claimed.action.inputs, told.inputs);
    }
}

#[tokio::test]
async fn what_is_written_with_every_step_does_not_grow_with_them() {
    let mut costs = Vec::new();
    for ids in [3, 2_000] {
        let store = store().await;
        let told = accepted(&store, ids).await;
        let claim = Claim { owner: Uuid::from_u128(5), now: at(1), lease: Duration::from_secs(60), seq: 0 };
        let before = store.meter().usage();
        store.task_claim(told.id, claim).await.unwrap().unwrap();
        costs.push((store.meter().usage() - before).write_units);
    }
    assert!((costs[0] - costs[1]).abs() < f64::EPSILON, "{costs:?}");
}
