//! A profile is deleted only when nothing refers to it, and gets no reference while it is.

use crate::records::{NO_QUOTA, PROJECT, accept, at, cluster, profile, store};
use coppice_domain::profile::Profile;
use coppice_store::{Acceptance, ProfileDeletion, Scope, StoreError};
use std::time::Duration;

#[tokio::test]
async fn a_profile_in_use_stays_and_can_be_used_further() {
    let (store, _services) = store().await;
    let template = profile(1, "p");
    store.profile_create(&template).await.unwrap();
    assert_eq!(accept(&store, &cluster(0x10, "c", &template), NO_QUOTA).await, Ok(Acceptance::Accepted));
    assert_eq!(store.profile_delete(&template, at(2)).await, Ok(ProfileDeletion::InUse));
    assert_eq!(accept(&store, &cluster(0x20, "d", &template), NO_QUOTA).await, Ok(Acceptance::Accepted));
}

#[tokio::test]
async fn a_deleted_profile_is_gone_with_its_name() {
    let (store, _services) = store().await;
    let template = profile(1, "p");
    store.profile_create(&template).await.unwrap();
    assert_eq!(store.profile_delete(&template, at(2)).await, Ok(ProfileDeletion::Deleted));
    assert_eq!(store.profile_delete(&template, at(3)).await, Ok(ProfileDeletion::NotFound));
    assert_eq!(accept(&store, &cluster(0x10, "c", &template), NO_QUOTA).await, Ok(Acceptance::ProfileGone));
    assert!(store.find::<Profile>(Scope::Project(PROJECT), "p").await.is_err());
    assert_eq!(store.cluster_count(PROJECT).await, Ok(0));
}

/// Runs a deletion and a creation against each other, the second begun when the first has taken so many
/// steps.
async fn race(steps: usize, deletion_first: bool) {
    let (store, _services) = store().await;
    let template = profile(1, "p");
    store.profile_create(&template).await.unwrap();
    let cluster = cluster(0x10, "c", &template);
    let deletion = async {
        pause(if deletion_first { 0 } else { steps }).await;
        store.profile_delete(&template, at(1)).await
    };
    let creation = async {
        pause(if deletion_first { steps } else { 0 }).await;
        accept(&store, &cluster, NO_QUOTA).await
    };
    let (deleted, accepted) = futures::join!(deletion, creation);
    let profile = store.get::<Profile>(template.id).await.unwrap();
    match (&deleted, &accepted) {
        (Ok(ProfileDeletion::Deleted), Ok(Acceptance::ProfileGone)) => assert_eq!(profile, None),
        (Ok(ProfileDeletion::InUse) | Err(StoreError::Conflict(_)), Ok(Acceptance::Accepted)) => {
            assert!(profile.is_some());
        }
        // Both may lose, never both win.
        (Ok(ProfileDeletion::InUse), Ok(Acceptance::ProfileGone)) => assert!(profile.is_some()),
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
    for steps in 0..40 {
        race(steps, true).await;
        race(steps, false).await;
    }
}

#[tokio::test]
async fn a_deletion_that_died_holds_the_profile_for_half_a_minute_at_most() {
    // The deletion is dropped at every point where it waits for an answer.
    for polls in 1..20 {
        let (store, _services) = store().await;
        let template = profile(1, "p");
        store.profile_create(&template).await.unwrap();
        let mut deletion = Box::pin(store.profile_delete(&template, at(2)));
        for _ in 0..polls {
            if futures::poll!(&mut deletion).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(deletion);
        if store.get::<Profile>(template.id).await.unwrap().is_none() {
            continue;
        }
        let cluster = cluster(0x10, "c", &template);
        let held = store.accept_cluster_at(&cluster, at(40)).await;
        assert_eq!(held, Ok(Acceptance::Accepted), "after {polls} polls");
    }
}

/// Acceptance at another time than the usual one.
trait At {
    async fn accept_cluster_at(
        &self,
        cluster: &coppice_domain::cluster::Cluster,
        now: coppice_domain::time::Timestamp,
    ) -> Result<Acceptance, StoreError>;
}

impl At for coppice_store::Store {
    async fn accept_cluster_at(
        &self,
        cluster: &coppice_domain::cluster::Cluster,
        now: coppice_domain::time::Timestamp,
    ) -> Result<Acceptance, StoreError> {
        let kind = coppice_domain::action::ActionKind::ClusterCreate;
        let action = crate::records::action(cluster.id.uuid().as_u128() + 1, kind, cluster);
        let due_at = now.plus(Duration::from_secs(30));
        let accepted = coppice_store::AcceptedAction { action: &action, due_at, work: None };
        self.accept_cluster(cluster, accepted, NO_QUOTA, now).await
    }
}
