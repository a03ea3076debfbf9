//! What every store of parts must keep, checked.

use crate::balancer::{Origin, PartKind};
use crate::listing::PageMark;
use crate::simulated::balancer::{PartRecord, PartStore, Shelf};
use crate::simulated::{Departure, StoreFailure};
use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::time::Timestamp;
use std::time::Duration;
use uuid::Uuid;

/// Runs every check against an empty store.
///
/// # Panics
/// When the store breaks a promise.
pub async fn part_store_suite(store: &impl PartStore) {
    an_id_is_stored_once(store).await;
    a_replacement_needs_the_version_it_was_made_from(store).await;
    shelves_hold_exactly_what_belongs_on_them(store).await;
    a_mark_of_nowhere_is_refused_or_leads_nowhere(store).await;
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000).plus(Duration::from_secs(seconds))
}

/// The record of a part: a member, or the pool it is in. The number tells it, its origin and its time.
#[must_use]
pub fn part_record(number: u64, member: bool) -> PartRecord {
    let id = |role: u128| Uuid::from_u128(u128::from(number) << 8 | role);
    let (cluster, policy) = (ClusterId::new(id(1)), PolicyId::new(id(2)));
    let origin = Origin { deployment: "here".to_owned(), cluster, policy, project: "project".to_owned() };
    let (kind, own, within) =
        if member { (PartKind::Member, id(5), id(4)) } else { (PartKind::Pool, id(4), id(3)) };
    PartRecord {
        id: own.to_string(),
        version: 0,
        call: 0,
        kind,
        name: "n".to_owned(),
        within: Some(within.to_string()),
        balancer: Some(id(3).to_string()),
        origin: Some(origin),
        address: None,
        instance: member.then(|| id(6).to_string()),
        created_at: at(number),
        ready_at: at(number),
        error: None,
        engaged: None,
        departure: None,
    }
}

async fn an_id_is_stored_once(store: &impl PartStore) {
    let first = part_record(1, false);
    let second = PartRecord { name: "another".to_owned(), ..first.clone() };
    assert_eq!(store.insert(&first).await, Ok(None));
    assert_eq!(store.insert(&second).await, Ok(Some(first.clone())));
    assert_eq!(store.get(&first.id).await, Ok(Some(first)));
    assert_eq!(store.get("nobody").await, Ok(None));
}

async fn a_replacement_needs_the_version_it_was_made_from(store: &impl PartStore) {
    let was = part_record(2, false);
    let departure = Some(Departure { accepted_at: at(50), gone_at: at(60) });
    let now = PartRecord { version: 1, departure, ..was.clone() };
    assert_eq!(store.replace(&was, &now).await, Ok(false), "there is nothing to replace");
    assert_eq!(store.insert(&was).await, Ok(None));
    assert_eq!(store.replace(&was, &now).await, Ok(true));
    assert_eq!(store.replace(&was, &PartRecord { version: 1, ..was.clone() }).await, Ok(false));
    assert_eq!(store.get(&was.id).await, Ok(Some(now)));
}

/// The ids on a shelf, sorted.
async fn ids(store: &impl PartStore, shelf: &Shelf) -> Vec<String> {
    let (mut ids, mut mark) = (Vec::new(), None);
    loop {
        let page = store.list(shelf, mark.as_ref()).await.expect("a list is answered");
        ids.extend(page.records.into_iter().map(|record| record.id));
        mark = page.next;
        if mark.is_none() {
            ids.sort_unstable();
            return ids;
        }
    }
}

async fn shelves_hold_exactly_what_belongs_on_them(store: &impl PartStore) {
    let pool = part_record(100, false);
    assert_eq!(store.insert(&pool).await, Ok(None));
    let mut members = Vec::new();
    for number in 0..620_u128 {
        let id = Uuid::from_u128(1 << 100 | number).to_string();
        let member = PartRecord { instance: Some(id.clone()), id, ..part_record(100, true) };
        assert_eq!(store.insert(&member).await, Ok(None));
        members.push(member.id);
    }
    members.sort_unstable();
    assert_eq!(ids(store, &Shelf::Within(pool.id.clone())).await, members);
    let one = Shelf::Instance { pool: pool.id.clone(), instance: members[7].clone() };
    assert_eq!(ids(store, &one).await, [members[7].clone()]);
    let origin = pool.origin.clone().expect("the pool has an origin");
    let charged_to_another = Origin { project: "another".to_owned(), ..origin.clone() };
    assert_eq!(ids(store, &Shelf::Origin(charged_to_another)).await, std::slice::from_ref(&pool.id));
    let elsewhere = Origin { deployment: "elsewhere".to_owned(), ..origin };
    assert_eq!(ids(store, &Shelf::Origin(elsewhere)).await, Vec::<String>::new());
    let span = |name: &str, from, before| Shelf::Deployment {
        name: name.to_owned(),
        from: at(from),
        before: at(before),
    };
    for (shelf, holds) in [
        (span("here", 100, 101), true),
        (span("here", 101, 200), false),
        (span("here", 99, 100), false),
        (span("here", 200, 99), false),
        (span("elsewhere", 0, 200), false),
    ] {
        let found = ids(store, &shelf).await;
        let expected: &[String] = if holds { std::slice::from_ref(&pool.id) } else { &[] };
        assert_eq!(found, expected, "{shelf:?}");
    }
}

async fn a_mark_of_nowhere_is_refused_or_leads_nowhere(store: &impl PartStore) {
    let shelf = Shelf::Within("nothing".to_owned());
    match store.list(&shelf, Some(&PageMark::new("nowhere"))).await {
        Ok(page) => assert_eq!(page.records, []),
        Err(failure) => assert!(matches!(failure, StoreFailure::Mark(_)), "{failure}"),
    }
}
