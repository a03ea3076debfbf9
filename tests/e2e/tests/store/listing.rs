//! Orders, markers and ties of lists (spec api-common §13).

use crate::records::{PROJECT, at, profile, store};
use coppice_domain::profile::Profile;
use coppice_store::{ListRequest, Scope, Sort, Store};
use uuid::Uuid;

/// (id, name, seconds): the middle three were made at the same time, and names repeat.
const PROFILES: [(u128, &str, u64); 7] = [
    (0x70, "b", 0),
    (0x30, "c", 5),
    (0x10, "a", 5),
    (0x20, "b", 5),
    (0x60, "a", 9),
    (0x40, "d", 9),
    (0x50, "a-b", 12),
];

async fn filled() -> Store {
    let store = store().await;
    for (id, name, seconds) in PROFILES {
        store.template_create(&Profile { created_at: at(seconds), ..profile(id, name) }).await.unwrap();
    }
    let foreign = Profile { project: "green".to_owned(), created_at: at(5), ..profile(0x25, "b") };
    store.template_create(&foreign).await.unwrap();
    store
}

fn sort(text: &str) -> Vec<Sort> {
    let keys = text.split(',').filter(|key| !key.is_empty());
    keys.map(|key| match key.strip_suffix(":desc") {
        Some(key) => Sort { key: key.to_owned(), descending: true },
        None => Sort { key: key.to_owned(), descending: false },
    })
    .collect()
}

async fn list(
    store: &Store,
    scope: Scope<'_>,
    order: &str,
    limit: Option<usize>,
    marker: Option<u128>,
) -> Vec<u128> {
    let request = ListRequest { sort: sort(order), limit, marker: marker.map(Uuid::from_u128) };
    let listed = store.list::<Profile>(scope, &request, &|_| true).await.unwrap();
    listed.iter().map(|profile| profile.id.uuid().as_u128()).collect()
}

/// Orders and what they lead to.
const ORDERS: [(&str, [u128; 7]); 6] = [
    ("", [0x70, 0x10, 0x20, 0x30, 0x40, 0x60, 0x50]),
    ("created_at:desc", [0x50, 0x40, 0x60, 0x10, 0x20, 0x30, 0x70]),
    ("name", [0x10, 0x60, 0x50, 0x20, 0x70, 0x30, 0x40]),
    ("name:desc", [0x40, 0x30, 0x20, 0x70, 0x50, 0x10, 0x60]),
    ("name,created_at:desc", [0x60, 0x10, 0x50, 0x20, 0x70, 0x30, 0x40]),
    ("updated_at:desc,name", [0x10, 0x60, 0x50, 0x20, 0x70, 0x30, 0x40]),
];

#[tokio::test]
async fn ties_are_broken_by_id_whatever_the_direction() {
    let store = filled().await;
    for (order, expected) in ORDERS {
        assert_eq!(list(&store, Scope::Project(PROJECT), order, None, None).await, expected, "{order}");
    }
}

#[tokio::test]
async fn every_marker_and_every_limit_cuts_the_same_list() {
    let store = filled().await;
    for (order, whole) in ORDERS {
        for limit in 1..=whole.len() {
            let scope = Scope::Project(PROJECT);
            assert_eq!(
                list(&store, scope, order, Some(limit), None).await,
                whole[..limit],
                "{order} {limit}"
            );
            for (place, marker) in whole.iter().enumerate() {
                let end = (place + 1 + limit).min(whole.len());
                let page = list(&store, scope, order, Some(limit), Some(*marker)).await;
                assert_eq!(page, whole[place + 1..end], "{order} {limit} after {marker:x}");
            }
        }
    }
}

#[tokio::test]
async fn a_marker_that_is_nowhere_is_ignored_and_a_limit_of_zero_lists_nothing() {
    let store = filled().await;
    let scope = Scope::Project(PROJECT);
    assert_eq!(list(&store, scope, "", Some(2), Some(0xdead)).await, [0x70, 0x10]);
    assert_eq!(list(&store, scope, "", Some(0), None).await, [0_u128; 0]);
}

#[tokio::test]
async fn administrators_see_every_project_in_one_order() {
    let store = filled().await;
    let everything = list(&store, Scope::All, "", None, None).await;
    assert_eq!(everything, [0x70, 0x10, 0x20, 0x25, 0x30, 0x40, 0x60, 0x50]);
    let mut paged = Vec::new();
    while let page = list(&store, Scope::All, "name", Some(3), paged.last().copied()).await
        && !page.is_empty()
    {
        paged.extend(page);
    }
    assert_eq!(paged, [0x10, 0x60, 0x50, 0x20, 0x25, 0x70, 0x30, 0x40]);
}

#[tokio::test]
async fn a_filter_is_applied_before_the_limit() {
    let store = filled().await;
    let request = ListRequest { limit: Some(2), ..ListRequest::default() };
    let wanted = |profile: &Profile| profile.name == "a" || profile.name == "d";
    let listed = store.list::<Profile>(Scope::Project(PROJECT), &request, &wanted).await.unwrap();
    let ids: Vec<u128> = listed.iter().map(|profile| profile.id.uuid().as_u128()).collect();
    assert_eq!(ids, [0x10, 0x40]);
}

#[tokio::test]
async fn more_ties_than_a_page_of_the_index_holds_are_sorted_all_the_same() {
    let store = store().await;
    for number in 0..60_u128 {
        let id = (number * 37) % 61 + 0x1000;
        store.template_create(&profile(id, "same")).await.unwrap();
    }
    for order in ["", "created_at:desc", "name", "name:desc"] {
        let whole = list(&store, Scope::Project(PROJECT), order, None, None).await;
        assert!(whole.is_sorted() && whole.len() == 60, "{order}");
        let mut paged = Vec::new();
        while let page = list(&store, Scope::Project(PROJECT), order, Some(7), paged.last().copied()).await
            && !page.is_empty()
        {
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{order}");
    }
}
