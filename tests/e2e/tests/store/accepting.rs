//! One action at a time holds a cluster (invariant 2); a deletion takes it over.

use crate::records::{NO_QUOTA, accept, action, at, cluster, profile, store};
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::cluster::Cluster;
use coppice_domain::event::Event;
use coppice_domain::profile::Profile;
use coppice_store::{Acceptance, AcceptedAction, Claim, ClusterEnd, DueWork, Finish, Store, StoreError};
use futures::future::join_all;
use std::time::Duration;
use uuid::Uuid;

/// A cluster that nothing holds.
async fn free(store: &Store) -> Cluster {
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    freed(store, &template).await
}

/// The same of a profile that there is.
pub(crate) async fn freed(store: &Store, template: &Profile) -> Cluster {
    let made = cluster(0x10, "c", template);
    assert_eq!(accept(store, &made, NO_QUOTA).await, Ok(Acceptance::Accepted));
    let creation = action(0x11, ActionKind::ClusterCreate, &made);
    let task = claim(store, &creation).await.unwrap();
    let held = store.get::<Cluster>(made.id).await.unwrap().unwrap();
    let after = Cluster { active_action: None, active_kind: None, ..held.clone() };
    let event = event(&held, &creation);
    assert_eq!(store.finish_cluster_task(&task, ending((&held, &after), &event, &end())).await, Ok(true));
    store.get::<Cluster>(made.id).await.unwrap().unwrap()
}

pub(crate) async fn request(
    store: &Store,
    action: &Action,
    supersede: Option<u128>,
) -> Result<Acceptance, StoreError> {
    let cluster = action.cluster_id.unwrap();
    let accepted = AcceptedAction { action, due_at: at(60), work: None };
    let supersede = supersede.map(|id| coppice_domain::ids::ActionId::new(Uuid::from_u128(id)));
    store.accept_on_cluster(cluster, accepted, supersede).await
}

async fn claim(store: &Store, action: &Action) -> Option<coppice_store::Task> {
    let claim = Claim { owner: Uuid::from_u128(9), now: at(2), lease: Duration::from_secs(90), seq: 0 };
    store.task_claim(action.id, claim).await.unwrap()
}

fn end() -> Finish {
    Finish {
        status: ActionStatus::Succeeded,
        status_reason: String::new(),
        at: at(3),
        expires_at: at(1_000_000).seconds(),
    }
}

pub(crate) fn event(cluster: &Cluster, action: &Action) -> coppice_domain::event::Event {
    coppice_domain::event::Event {
        id: coppice_domain::ids::EventId::derived(action.id, "end", 0),
        timestamp: at(3),
        oid: cluster.id.uuid(),
        oname: cluster.name.clone(),
        otype: "CLUSTER".to_owned(),
        cluster_id: Some(cluster.id),
        level: coppice_domain::event::Level::Info,
        user: cluster.user.clone(),
        project: cluster.project.clone(),
        action: action.kind.name().to_owned(),
        status: coppice_domain::event::Phase::End,
        status_reason: String::new(),
        meta_data: Default::default(),
    }
}

#[tokio::test]
async fn of_many_actions_at_once_one_is_accepted_and_the_others_are_told_which() {
    let store = store().await;
    let cluster = free(&store).await;
    let actions: Vec<_> =
        (0..8).map(|number| action(0x100 + number, ActionKind::ClusterResize, &cluster)).collect();
    let outcomes = join_all(actions.iter().map(|action| request(&store, action, None))).await;
    let holder = store.get::<Cluster>(cluster.id).await.unwrap().unwrap().active_action.unwrap();
    for (action, outcome) in actions.iter().zip(&outcomes) {
        let expected = if action.id == holder { Acceptance::Accepted } else { Acceptance::Held(holder) };
        assert_eq!(*outcome, Ok(expected));
        let recorded = store.get::<Action>(action.id).await.unwrap();
        assert_eq!(recorded.is_some(), action.id == holder, "a refused action leaves no record");
    }
}

#[tokio::test]
async fn an_accepted_action_can_be_found_as_due_work() {
    let store = store().await;
    let cluster = free(&store).await;
    let accepted = action(0x100, ActionKind::ClusterResize, &cluster);
    assert_eq!(request(&store, &accepted, None).await, Ok(Acceptance::Accepted));
    assert_eq!(store.due_work(at(59), 10).await.unwrap(), DueWork::default());
    let due = store.due_work(at(60), 10).await.unwrap().tasks;
    assert_eq!(due, [accepted.id]);
}

#[tokio::test]
async fn a_request_that_is_repeated_is_accepted_once() {
    let store = store().await;
    let cluster = free(&store).await;
    let accepted = action(0x100, ActionKind::ClusterResize, &cluster);
    assert_eq!(request(&store, &accepted, None).await, Ok(Acceptance::Accepted));
    assert_eq!(request(&store, &accepted, None).await, Ok(Acceptance::Accepted));
}

#[tokio::test]
async fn a_request_that_is_repeated_after_its_action_has_ended_does_not_begin_it_again() {
    let store = store().await;
    let cluster = free(&store).await;
    let accepted = action(0x100, ActionKind::ClusterResize, &cluster);
    assert_eq!(request(&store, &accepted, None).await, Ok(Acceptance::Accepted));
    let task = claim(&store, &accepted).await.unwrap();
    let held = store.get::<Cluster>(cluster.id).await.unwrap().unwrap();
    let after = Cluster { active_action: None, active_kind: None, ..held.clone() };
    let event = event(&held, &accepted);
    assert_eq!(store.finish_cluster_task(&task, ending((&held, &after), &event, &end())).await, Ok(true));
    let ended = store.get::<Action>(accepted.id).await.unwrap();
    assert_eq!(request(&store, &accepted, None).await, Ok(Acceptance::Accepted));
    assert_eq!(store.get::<Action>(accepted.id).await.unwrap(), ended);
    let holder = |cluster: Option<Cluster>| cluster.unwrap().active_action;
    assert_eq!(holder(store.get::<Cluster>(cluster.id).await.unwrap()), None);
    // Nor does it get in the way of the next one.
    let next = action(0x200, ActionKind::ClusterResize, &cluster);
    assert_eq!(request(&store, &next, None).await, Ok(Acceptance::Accepted));
    assert_eq!(request(&store, &accepted, None).await, Ok(Acceptance::Accepted));
    assert_eq!(holder(store.get::<Cluster>(cluster.id).await.unwrap()), Some(next.id));
}

#[tokio::test]
async fn a_deletion_takes_over_and_the_former_holders_writes_are_refused() {
    let store = store().await;
    let cluster = free(&store).await;
    let resize = action(0x100, ActionKind::ClusterResize, &cluster);
    assert_eq!(request(&store, &resize, None).await, Ok(Acceptance::Accepted));
    let task = claim(&store, &resize).await.unwrap();
    let deletion = action(0x200, ActionKind::ClusterDelete, &cluster);
    // Only over the holder it knows of.
    assert_eq!(request(&store, &deletion, None).await, Ok(Acceptance::Held(resize.id)));
    assert_eq!(request(&store, &deletion, Some(0x99)).await, Ok(Acceptance::Held(resize.id)));
    assert_eq!(request(&store, &deletion, Some(0x100)).await, Ok(Acceptance::Accepted));
    let held = store.get::<Cluster>(cluster.id).await.unwrap().unwrap();
    assert_eq!(held.active_action, Some(deletion.id));
    let renamed = Cluster { name: "other".to_owned(), ..held.clone() };
    let event = event(&held, &resize);
    assert_eq!(store.finish_cluster_task(&task, ending((&held, &renamed), &event, &end())).await, Ok(false));
    assert_eq!(store.get::<Cluster>(cluster.id).await.unwrap().unwrap(), held);
}

#[tokio::test]
async fn a_worker_whose_claim_was_taken_over_writes_no_more() {
    let store = store().await;
    let cluster = free(&store).await;
    let resize = action(0x100, ActionKind::ClusterResize, &cluster);
    assert_eq!(request(&store, &resize, None).await, Ok(Acceptance::Accepted));
    let stale = claim(&store, &resize).await.unwrap();
    assert!(claim(&store, &resize).await.is_none(), "it is claimed");
    let later = Claim { owner: Uuid::from_u128(8), now: at(500), lease: Duration::from_secs(90), seq: 0 };
    let fresh = store.task_claim(resize.id, later).await.unwrap().unwrap();
    assert!(fresh.fence > stale.fence);
    let held = store.get::<Cluster>(cluster.id).await.unwrap().unwrap();
    let after = Cluster { active_action: None, active_kind: None, ..held.clone() };
    let event = event(&held, &resize);
    assert_eq!(store.finish_cluster_task(&stale, ending((&held, &after), &event, &end())).await, Ok(false));
    assert_eq!(store.finish_cluster_task(&fresh, ending((&held, &after), &event, &end())).await, Ok(true));
    // Terminal is terminal (invariant 5).
    assert_eq!(store.finish_cluster_task(&fresh, ending((&held, &after), &event, &end())).await, Ok(false));
    assert_eq!(store.finish_action(resize.id, &end()).await, Ok(false));
}

#[tokio::test]
async fn an_action_on_a_cluster_that_is_gone_is_told_so() {
    let store = store().await;
    let nowhere = cluster(0x50, "x", &profile(1, "p"));
    let resize = action(0x100, ActionKind::ClusterResize, &nowhere);
    assert_eq!(request(&store, &resize, None).await, Ok(Acceptance::Gone));
    assert_eq!(store.get::<Action>(resize.id).await.unwrap(), None);
}

/// An end with which nothing but the cluster changes.
fn ending<'a>(cluster: (&'a Cluster, &'a Cluster), event: &'a Event, end: &'a Finish) -> ClusterEnd<'a> {
    ClusterEnd { cluster, bindings: &[], data: None, outputs: None, events: std::slice::from_ref(event), end }
}
