//! Waking and cancelling an action while somebody is at it: nothing of that is slept through.

use crate::records::{action, at, cluster, profile, store};
use coppice_domain::action::{ActionKind, ActionStatus};
use coppice_store::{AcceptedAction, Cancel, Claim, Parked, Parking, Store, Task};
use std::time::Duration;
use uuid::Uuid;

/// A claimed action that is due at 60.
async fn claimed(store: &Store) -> Task {
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let cluster = cluster(0x10, "c", &template);
    let action = action(0x100, ActionKind::ClusterCreate, &cluster);
    let accepted = AcceptedAction { action: &action, due_at: at(60), work: None };
    store.accept_cluster(&cluster, accepted, 100, at(1)).await.unwrap();
    let claim = Claim { owner: Uuid::from_u128(9), now: at(2), lease: Duration::from_secs(90), seq: 0 };
    store.task_claim(action.id, claim).await.unwrap().unwrap()
}

fn until(seconds: u64) -> Parking {
    Parking {
        wake_at: at(seconds),
        due_at: at(seconds + 300),
        status: ActionStatus::Waiting,
        status_reason: "why".to_owned(),
        work: None,
        progress: true,
    }
}

#[tokio::test]
async fn whoever_did_not_see_what_an_action_was_woken_for_does_not_put_it_down() {
    let store = store().await;
    let task = claimed(&store).await;
    assert_eq!(store.task_wake(task.action.id, at(40)).await, Ok(Some(0)));
    let woken = store.task_park(&task, &until(9_000)).await.unwrap();
    assert_eq!(woken, Parked::Woken(1));
    let shown = store.task(task.action.id).await.unwrap().unwrap();
    assert_eq!((shown.seq, shown.wake_at, shown.lease_until), (0, None, task.lease_until));
    // It looks again, and knows.
    let task = Task { woken: 1, ..task };
    let down = store.task_park(&task, &until(50)).await.unwrap();
    assert_eq!(down, Parked::Down { seq: 1, cancel: None, heard: false });
    assert_eq!(store.task_park(&task, &until(50)).await.unwrap(), down, "a repeat changes nothing");
}

#[tokio::test]
async fn one_who_has_lost_its_claim_is_not_told_of_what_happened() {
    let store = store().await;
    let task = claimed(&store).await;
    let claim = Claim { owner: Uuid::from_u128(8), now: at(100), lease: Duration::from_secs(90), seq: 0 };
    let other = store.task_claim(task.action.id, claim).await.unwrap().unwrap();
    store.task_wake(task.action.id, at(140)).await.unwrap();
    assert_eq!(store.task_park(&task, &until(9_000)).await, Ok(Parked::Lost));
    assert_eq!(store.task_park(&other, &until(9_000)).await, Ok(Parked::Woken(1)));
}

#[tokio::test]
async fn what_wakes_an_action_makes_it_due_soon_in_case_its_message_is_lost() {
    let store = store().await;
    let task = claimed(&store).await;
    store.task_park(&task, &until(9_000)).await.unwrap();
    let due = async || store.task(task.action.id).await.unwrap().unwrap().due_at;
    assert_eq!(due().await, Some(at(9_300)));
    assert_eq!(store.task_wake(task.action.id, at(130)).await, Ok(Some(1)));
    assert_eq!(due().await, Some(at(130)));
    assert_eq!(store.task_cancel(task.action.id, Cancel::Gently, at(120)).await, Ok(Some(1)));
    assert_eq!(due().await, Some(at(120)));
}
