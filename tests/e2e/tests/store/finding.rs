//! Finding by id, name and short id (spec api-common §14).

use crate::records::{NO_QUOTA, PROJECT, accept, cluster, profile, store};
use coppice_domain::cluster::Cluster;
use coppice_domain::profile::Profile;
use coppice_store::{Acceptance, FindError, Scope, Store};
use uuid::Uuid;

/// Ids that share their first digits: `abcd1…`, `abcd2…`, `ef…`.
const FIRST: u128 = 0xabcd_1111_0000_4000_8000_0000_0000_0000;
const SECOND: u128 = 0xabcd_2222_0000_4000_8000_0000_0000_0000;
const THIRD: u128 = 0xef00_0000_0000_4000_8000_0000_0000_0000;

async fn profiles(store: &Store) {
    for (id, name, project) in [
        (FIRST, "one", PROJECT),
        (SECOND, "twin", PROJECT),
        (THIRD, "twin", PROJECT),
        (FIRST + 1, "theirs", "green"),
        (FIRST + 2, "abcd2", "green"),
        (FIRST + 3, "a%b", "green"),
    ] {
        let profile = Profile { project: project.to_owned(), ..profile(id, name) };
        store.template_create(&profile).await.unwrap();
    }
}

async fn find(store: &Store, scope: Scope<'_>, reference: &str) -> Result<u128, FindError> {
    store.find::<Profile>(scope, reference).await.map(|found| found.id.uuid().as_u128())
}

#[tokio::test]
async fn an_id_goes_before_a_name_and_a_name_before_a_short_id() {
    let store = store().await;
    profiles(&store).await;
    let own = Scope::Project(PROJECT);
    let id = |number: u128| Uuid::from_u128(number).to_string();
    for (scope, reference, expected) in [
        (own, id(FIRST), Ok(FIRST)),
        (own, id(FIRST).to_uppercase(), Err(FindError::NotFound)),
        (own, id(FIRST).replace('-', ""), Err(FindError::NotFound)),
        (own, "one".to_owned(), Ok(FIRST)),
        (own, "twin".to_owned(), Err(FindError::Ambiguous)),
        (own, "abcd".to_owned(), Err(FindError::Ambiguous)),
        (own, "abcd1".to_owned(), Ok(FIRST)),
        (own, "abcd2".to_owned(), Ok(SECOND)),
        (own, "abcd2222-0000".to_owned(), Ok(SECOND)),
        (own, "ABCD2".to_owned(), Err(FindError::NotFound)),
        (own, "e".to_owned(), Ok(THIRD)),
        (own, "f".to_owned(), Err(FindError::NotFound)),
        (own, String::new(), Err(FindError::NotFound)),
        (own, id(FIRST + 1), Err(FindError::NotFound)),
        (own, "theirs".to_owned(), Err(FindError::NotFound)),
        (Scope::All, id(FIRST + 1), Ok(FIRST + 1)),
        (Scope::All, "theirs".to_owned(), Ok(FIRST + 1)),
        // To an administrator a name of any project goes before a short id.
        (Scope::All, "abcd2".to_owned(), Ok(FIRST + 2)),
        (Scope::All, "abcd1".to_owned(), Err(FindError::Ambiguous)),
        (Scope::Project("grey"), "one".to_owned(), Err(FindError::NotFound)),
    ] {
        assert_eq!(find(&store, scope, &reference).await, expected, "{scope:?} {reference}");
    }
}

#[tokio::test]
async fn wildcards_mean_themselves() {
    let store = store().await;
    profiles(&store).await;
    for reference in ["%", "_", "abcd%", "abcd_", "o%", "on_", "a__b", "#", "one#"] {
        assert_eq!(find(&store, Scope::All, reference).await, Err(FindError::NotFound), "{reference}");
    }
    assert_eq!(find(&store, Scope::All, "a%b").await, Ok(FIRST + 3));
}

#[tokio::test]
async fn a_name_that_begins_with_another_is_another() {
    let store = store().await;
    let template = profile(1, "p");
    store.template_create(&template).await.unwrap();
    for (id, name) in [(0x10, "web"), (0x20, "web-1"), (0x30, "web.1"), (0x40, "we")] {
        let cluster = cluster(id, name, &template);
        assert_eq!(accept(&store, &cluster, NO_QUOTA).await, Ok(Acceptance::Accepted));
    }
    for (name, id) in [("web", 0x10_u128), ("web-1", 0x20), ("web.1", 0x30), ("we", 0x40)] {
        let found = store.find::<Cluster>(Scope::Project(PROJECT), name).await.unwrap();
        assert_eq!(found.id.uuid().as_u128(), id);
    }
}

#[tokio::test]
async fn names_that_share_a_key_are_told_apart() {
    let store = store().await;
    // Keys hold the first 900 bytes of a name: here, 225 of its characters.
    let name = |length: usize| "\u{1D7D8}".repeat(length);
    let lengths: Vec<usize> = (230..=240).collect();
    for length in &lengths {
        store.template_create(&profile(*length as u128, &name(*length))).await.unwrap();
    }
    store.template_create(&profile(1000, &name(240))).await.unwrap();
    for length in &lengths[..10] {
        assert_eq!(find(&store, Scope::Project(PROJECT), &name(*length)).await, Ok(*length as u128));
    }
    assert_eq!(find(&store, Scope::All, &name(240)).await, Err(FindError::Ambiguous));
    assert_eq!(find(&store, Scope::All, &name(241)).await, Err(FindError::NotFound));
}
