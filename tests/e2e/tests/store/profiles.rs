//! A profile is deleted only when nothing refers to it, and gets no reference while it is.

use crate::records::{NO_QUOTA, PROJECT, accept, accept_at, at, cluster, profile, store};
use coppice_domain::profile::Profile;
use coppice_store::{Acceptance, Scope, StoreError, TemplateDeletion};
use futures::future::join_all;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_profile_in_use_stays_and_can_be_used_further() {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    assert_eq!(accept(&store, &cluster(0x10, "c", &template), NO_QUOTA).await, Ok(Acceptance::Accepted));
    assert_eq!(store.template_delete(&template, at(2)).await, Ok(TemplateDeletion::InUse));
    assert_eq!(accept(&store, &cluster(0x20, "d", &template), NO_QUOTA).await, Ok(Acceptance::Accepted));
}

#[tokio::test]
async fn a_deleted_profile_is_gone_with_its_name() {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    assert_eq!(store.template_delete(&template, at(2)).await, Ok(TemplateDeletion::Deleted));
    assert_eq!(store.template_delete(&template, at(3)).await, Ok(TemplateDeletion::NotFound));
    assert_eq!(accept(&store, &cluster(0x10, "c", &template), NO_QUOTA).await, Ok(Acceptance::ProfileGone));
    assert!(store.find::<Profile>(Scope::Project(PROJECT), "p").await.is_err());
    assert_eq!(store.cluster_count(PROJECT).await, Ok(0));
}

/// Runs a deletion and a creation against each other, the second begun when the first has taken so many
/// steps.
async fn race(steps: usize, deletion_first: bool) -> &'static str {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let cluster = cluster(0x10, "c", &template);
    let deletion = async {
        pause(if deletion_first { 0 } else { steps }).await;
        store.template_delete(&template, at(1)).await
    };
    let creation = async {
        pause(if deletion_first { steps } else { 0 }).await;
        accept(&store, &cluster, NO_QUOTA).await
    };
    let (deleted, accepted) = futures::join!(deletion, creation);
    let profile = store.get::<Profile>(template.id).await.unwrap();
    match (&deleted, &accepted) {
        (Ok(TemplateDeletion::Deleted), Ok(Acceptance::ProfileGone)) => {
            assert_eq!(profile, None);
            "deleted"
        }
        (Ok(TemplateDeletion::InUse) | Err(StoreError::Conflict(_)), Ok(Acceptance::Accepted)) => {
            assert!(profile.is_some());
            "used"
        }
        other => panic!("{steps} {deletion_first}: {other:?}"),
    }
}

async fn pause(steps: usize) {
    for _ in 0..steps {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_deletion_and_a_creation_at_the_same_moment_never_both_win() {
    let mut outcomes = BTreeSet::new();
    for steps in 0..12 {
        outcomes.insert(race(steps, true).await);
        outcomes.insert(race(steps, false).await);
    }
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), ["deleted", "used"], "each wins sometimes");
}

/// Drops a deletion after so many of its calls; whether it had deleted the profile by then.
async fn died_after(calls: usize) -> bool {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    let mut deletion = Box::pin(store.template_delete(&template, at(2)));
    for _ in 0..=calls {
        if futures::poll!(&mut deletion).is_ready() {
            break;
        }
    }
    drop(deletion);
    if store.get::<Profile>(template.id).await.unwrap().is_none() {
        return true;
    }
    let cluster = cluster(0x10, "c", &template);
    if calls > 0 {
        let soon = accept_at(&store, &cluster, NO_QUOTA, at(20)).await;
        assert_eq!(soon, Ok(Acceptance::ProfileGone), "after {calls} calls");
    }
    let later = accept_at(&store, &cluster, NO_QUOTA, at(33)).await;
    assert_eq!(later, Ok(Acceptance::Accepted), "after {calls} calls");
    false
}

#[tokio::test]
async fn a_deletion_that_died_holds_the_profile_for_half_a_minute_at_most() {
    let calls = 0..10;
    let outcomes: Vec<bool> = join_all(calls.map(died_after)).await;
    // It holds, looks for references, and deletes: three calls.
    assert_eq!(outcomes[..5], [false, false, false, true, true]);
}
