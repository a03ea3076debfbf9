//! What every instance store must keep, checked.

use super::request;
use crate::listing::{Filter, PageMark};
use crate::simulated::{Insertion, InstanceStore, Limit, Record, StoreFailure};
use coppice_domain::time::Timestamp;
use futures::future::join_all;
use std::time::Duration;

/// Runs every check against an empty store.
///
/// # Panics
/// When the store breaks a promise.
pub async fn store_suite(store: &impl InstanceStore) {
    an_id_is_stored_once(store).await;
    a_replacement_needs_the_version_it_was_made_from(store).await;
    a_limit_is_never_exceeded_and_every_place_is_freed_once(store).await;
    a_limit_of_zero_admits_nothing(store).await;
    lists_show_exactly_what_their_filter_selects(store).await;
    gone_records_wait_to_be_settled_and_then_leave_every_list(store).await;
    a_mark_of_nowhere_is_refused_or_leads_nowhere(store).await;
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000).plus(Duration::from_secs(seconds))
}

/// A record of the `index`th node of an action, accepted `index` seconds into the test.
fn record(action: u128, index: u64) -> Record {
    let request = request(action, index);
    Record {
        id: request.tags.token.to_string(),
        version: 0,
        call: 0,
        name: request.name,
        tags: request.tags,
        spec: request.spec,
        metadata: request.metadata,
        created_at: at(index),
        ready_at: at(index + 5),
        error: None,
        staleness: None,
        change: Duration::ZERO,
        changes: Vec::new(),
        power: crate::simulated::Power::Active,
        deletion: Duration::from_secs(1),
        departure: None,
        settled: false,
        holds: Vec::new(),
    }
}

fn gone(was: &Record, gone_at: Timestamp) -> Record {
    let departure = crate::simulated::Departure { accepted_at: gone_at, gone_at };
    Record { version: was.version + 1, departure: Some(departure), ..was.clone() }
}

fn settled(was: &Record) -> Record {
    Record { version: was.version + 1, settled: true, holds: Vec::new(), ..was.clone() }
}

/// The ids of a whole list, sorted.
async fn ids(store: &impl InstanceStore, filter: Filter<'_>) -> Vec<String> {
    let (mut ids, mut mark) = (Vec::new(), None);
    loop {
        let page = store.list(filter, mark.as_ref()).await.expect("a list is answered");
        ids.extend(page.records.into_iter().map(|record| record.id));
        mark = page.next;
        if mark.is_none() {
            ids.sort_unstable();
            return ids;
        }
    }
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable();
    ids
}

async fn an_id_is_stored_once(store: &impl InstanceStore) {
    let first = record(100, 0);
    let second = Record { name: "another".to_owned(), ..first.clone() };
    assert_eq!(store.insert(&first, &[]).await, Ok(Insertion::Done));
    assert_eq!(store.insert(&second, &[]).await, Ok(Insertion::Exists(Box::new(first.clone()))));
    let limit = Limit { scope: "once".to_owned(), max: 0 };
    // That it exists goes before that there is no room.
    assert_eq!(store.insert(&second, &[limit]).await, Ok(Insertion::Exists(Box::new(first.clone()))));
    assert_eq!(store.get(&first.id).await, Ok(Some(first)));
    assert_eq!(store.get("nobody").await, Ok(None));
}

async fn a_replacement_needs_the_version_it_was_made_from(store: &impl InstanceStore) {
    let was = record(101, 0);
    let now = gone(&was, at(50));
    assert_eq!(store.replace(&was, &now).await, Ok(false), "there is nothing to replace");
    assert_eq!(store.insert(&was, &[]).await, Ok(Insertion::Done));
    assert_eq!(store.replace(&was, &now).await, Ok(true));
    assert_eq!(store.replace(&was, &gone(&was, at(99))).await, Ok(false));
    assert_eq!(store.get(&was.id).await, Ok(Some(now.clone())));
    assert_eq!(store.replace(&now, &settled(&now)).await, Ok(true));
}

async fn a_limit_is_never_exceeded_and_every_place_is_freed_once(store: &impl InstanceStore) {
    let scopes = ["wide".to_owned(), "narrow".to_owned()];
    let limits = [Limit { scope: scopes[0].clone(), max: 100 }, Limit { scope: scopes[1].clone(), max: 5 }];
    let records: Vec<Record> =
        (0..9).map(|index| Record { holds: scopes.to_vec(), ..record(102, index) }).collect();
    let outcomes = join_all(records.iter().map(|record| store.insert(record, &limits))).await;
    let full = Ok(Insertion::Full { scope: scopes[1].clone() });
    let stored: Vec<&Record> = (records.iter().zip(&outcomes))
        .filter(|(_, outcome)| **outcome == Ok(Insertion::Done))
        .map(|(record, _)| record)
        .collect();
    assert_eq!(stored.len(), 5, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == full).count(), 4, "{outcomes:?}");

    // Two processes settle the same record: its place is freed once.
    let was = stored[0];
    let twice = [store.replace(was, &settled(was)).await, store.replace(was, &settled(was)).await];
    assert_eq!(twice, [Ok(true), Ok(false)]);
    let left: Vec<&Record> = records.iter().filter(|record| !stored.contains(record)).collect();
    assert_eq!(store.insert(left[0], &limits).await, Ok(Insertion::Done));
    assert_eq!(store.insert(left[1], &limits).await, full);
}

async fn a_limit_of_zero_admits_nothing(store: &impl InstanceStore) {
    let limit = Limit { scope: "nothing".to_owned(), max: 0 };
    let record = Record { holds: vec![limit.scope.clone()], ..record(103, 0) };
    let full = Ok(Insertion::Full { scope: limit.scope.clone() });
    assert_eq!(store.insert(&record, &[limit]).await, full);
    assert_eq!(store.get(&record.id).await, Ok(None));
}

async fn lists_show_exactly_what_their_filter_selects(store: &impl InstanceStore) {
    let mut records: Vec<Record> = (0..620).map(|index| record(104, index)).collect();
    for record in &mut records {
        record.tags.deployment = "lists".to_owned();
    }
    for record in &records {
        assert_eq!(store.insert(record, &[]).await, Ok(Insertion::Done));
    }
    let all = sorted(records.iter().map(|record| record.id.clone()).collect());
    assert_eq!(ids(store, Filter::Action(records[0].tags.action)).await, all);
    assert_eq!(ids(store, Filter::Node(records[7].tags.node)).await, [records[7].id.clone()]);

    let span = |from, before| Filter::Deployment { name: "lists", from: at(from), before: at(before) };
    assert_eq!(ids(store, span(0, 620)).await, all);
    let some = sorted(records[10..20].iter().map(|record| record.id.clone()).collect());
    assert_eq!(ids(store, span(10, 20)).await, some);
    assert_eq!(ids(store, span(20, 20)).await, Vec::<String>::new());

    let mut asked: Vec<String> = records[..250].iter().map(|record| record.id.clone()).collect();
    let known = sorted(asked.clone());
    asked.extend([asked[3].clone(), "nobody".to_owned()]);
    let page = store.list(Filter::Ids(&asked), None).await.expect("a list is answered");
    assert_eq!(page.next, None, "ids come in one page");
    assert_eq!(sorted(page.records.into_iter().map(|record| record.id).collect()), known);
}

async fn gone_records_wait_to_be_settled_and_then_leave_every_list(store: &impl InstanceStore) {
    let was = record(105, 0);
    assert_eq!(store.insert(&was, &[]).await, Ok(Insertion::Done));
    let departing = gone(&was, at(1000));
    assert_eq!(store.replace(&was, &departing).await, Ok(true));
    let waiting = async |gone_by| {
        let records = store.unsettled(gone_by, 100).await.expect("a list is answered");
        records.into_iter().any(|record| record.id == was.id)
    };
    assert!(!waiting(at(999)).await);
    assert!(waiting(at(1000)).await);
    assert_eq!(ids(store, Filter::Action(was.tags.action)).await, std::slice::from_ref(&was.id));

    let tombstone = settled(&departing);
    assert_eq!(store.replace(&departing, &tombstone).await, Ok(true));
    assert!(!waiting(at(1000)).await);
    let none = Vec::<String>::new();
    assert_eq!(ids(store, Filter::Action(was.tags.action)).await, none);
    assert_eq!(ids(store, Filter::Node(was.tags.node)).await, none);
    assert_eq!(ids(store, Filter::Ids(std::slice::from_ref(&was.id))).await, none);
    assert_eq!(store.get(&was.id).await, Ok(Some(tombstone)), "the id stays taken");
}

async fn a_mark_of_nowhere_is_refused_or_leads_nowhere(store: &impl InstanceStore) {
    let filter = Filter::Action(request(106, 0).tags.action);
    match store.list(filter, Some(&PageMark::new("nowhere"))).await {
        Ok(page) => assert_eq!(page.records, []),
        Err(failure) => assert!(matches!(failure, StoreFailure::Mark(_)), "{failure}"),
    }
}
