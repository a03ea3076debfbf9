//! What all lists have in common: every sort key, alone and before another, every filter, pages, and whose
//! resources they show (spec api-common §13). What is peculiar to one is tested beside it.

use crate::check;
use crate::endpoints::World;
use crate::receivers::{create, message, text, webhook};
use coppice_e2e::{ADMIN, ALICE, BOB, Person, TestApp, deletion_policy, scaling_policy};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::time::Duration;

/// A list: its collection, its default order, its other sort keys, and its filters.
struct List {
    collection: &'static str,
    keys: &'static [&'static str],
    filters: &'static [&'static str],
}

/// The lists of projects' resources; the first key is that of the default order.
const LISTS: [List; 7] = [
    List {
        collection: "profiles",
        keys: &["created_at", "type", "name", "updated_at"],
        filters: &["name", "type"],
    },
    List {
        collection: "policies",
        keys: &["created_at", "type", "name", "updated_at"],
        filters: &["name", "type"],
    },
    List {
        collection: "clusters",
        keys: &["init_at", "name", "status", "created_at", "updated_at"],
        filters: &["name", "status"],
    },
    List {
        collection: "nodes",
        keys: &["init_at", "index", "name", "status", "created_at", "updated_at"],
        filters: &["name", "status"],
    },
    List {
        collection: "receivers",
        keys: &["name", "type", "action", "cluster_id", "created_at", "user"],
        filters: &["name", "type", "cluster_id", "user", "action"],
    },
    List {
        collection: "actions",
        keys: &["created_at", "name", "target", "action", "status"],
        filters: &["name", "cluster_id", "target", "action", "status"],
    },
    List {
        collection: "events",
        keys: &["timestamp", "level", "otype", "oname", "action", "status", "oid", "cluster_id"],
        filters: &["oname", "otype", "oid", "cluster_id", "action", "level"],
    },
];

/// Several of everything, some of it changed, failed or under way; Bob has one of each.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    World::make(&app, BOB).await;
    app.drain().await;
    let profile = app.profile(ALICE, "b").await;
    app.profile(ALICE, "a").await;
    app.profile(ALICE, "b").await;
    app.policy(ALICE, "d", &scaling_policy()).await;
    app.policy(ALICE, "d", &deletion_policy()).await;
    for (name, size) in [("y", 2), ("x", 0), ("y", 1)] {
        app.cluster(ALICE, name, &profile, size).await;
        app.clock.advance(Duration::from_secs(3));
    }
    app.policy(ALICE, "c", &deletion_policy()).await;
    for (target, body) in [
        ("profiles/a", json!({ "profile": { "metadata": { "k": 1 } } })),
        ("policies/c", json!({ "policy": { "name": "e" } })),
    ] {
        app.patch(&format!("/v1/{target}")).by(ALICE).json(&body).send().await.expect(200);
    }
    let hook = webhook(&app, ALICE, "r", "x").await;
    // This fails.
    let target = format!("/v1/webhooks/{}/trigger?V=2", text(&hook, "id"));
    app.post(&target).json(&json!({ "count": "many" })).send().await.expect(202);
    app.drain().await;
    message(&app, ALICE, "r").await;
    let check = json!({ "name": "q", "type": "webhook", "cluster_id": "x", "action": "CLUSTER_CHECK" });
    create(&app, ALICE, &check).await.expect(201);
    let node = json!({ "node": { "name": "n", "profile_id": profile } });
    app.post("/v1/nodes").by(ALICE).json(&node).send().await.expect(202);
    app.drain().await;
    app.post("/v1/nodes").by(ALICE).json(&node).send().await.expect(202);
    app.act(ALICE, "x", &json!({ "scale_out": {} })).await;
    app
}

async fn list(app: &TestApp, person: Person, list: &List, query: &str) -> Vec<Value> {
    let target = format!("/v1/{}?{query}", list.collection);
    let listed = app.show(person, &target, list.collection).await;
    listed.as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// Every key in both directions.
fn orders(list: &List) -> Vec<Vec<(&'static str, bool)>> {
    list.keys.iter().flat_map(|key| [vec![(*key, false)], vec![(*key, true)]]).collect()
}

/// Every key before every other one, some of them in the other direction.
fn orders_of_two(list: &List) -> Vec<Vec<(&'static str, bool)>> {
    let pair = |(at, one): (usize, &&'static str)| {
        let others = list.keys.iter().enumerate().filter(move |(place, _)| *place != at);
        let one = *one;
        others
            .map(move |(place, other)| vec![(one, at % 2 == 0), (*other, place % 3 == 0)])
            .collect::<Vec<_>>()
    };
    list.keys.iter().enumerate().flat_map(pair).collect()
}

/// An order as a query has it.
fn sort(order: &[(&str, bool)]) -> String {
    let keys: Vec<String> = order
        .iter()
        .map(|(key, descending)| format!("{key}{}", if *descending { ":desc" } else { "" }))
        .collect();
    format!("sort={}", keys.join(","))
}

/// Whether times are compared: they are shown to the second, and sorted more finely.
fn is_time(key: &str) -> bool {
    key.ends_with("_at") || key == "timestamp"
}

/// A value as it is sorted: nulls first, levels by how grave they are.
fn rank(key: &str, value: &Value) -> (bool, i64, String) {
    match value {
        Value::Null => (false, 0, String::new()),
        Value::Number(number) => (true, number.as_i64().unwrap(), String::new()),
        Value::String(level) if key == "level" => (true, i64::from(level == "ERROR"), String::new()),
        other => (true, 0, other.as_str().unwrap().to_owned()),
    }
}

/// Whether one item may stand before another.
fn may_precede(one: &Value, other: &Value, order: &[(&str, bool)]) -> bool {
    for (key, descending) in order {
        let ordering = rank(key, &one[*key]).cmp(&rank(key, &other[*key]));
        match if *descending { ordering.reverse() } else { ordering } {
            Ordering::Less => return true,
            Ordering::Greater => return false,
            Ordering::Equal if is_time(key) && !one[*key].is_null() => return true,
            Ordering::Equal => {}
        }
    }
    one["id"].as_str() < other["id"].as_str()
}

/// The whole list in this order, which is checked.
async fn sorted(app: &TestApp, each: &List, order: &[(&'static str, bool)]) -> Vec<Value> {
    let sorted = list(app, ALICE, each, &sort(order)).await;
    for pair in sorted.windows(2) {
        assert!(may_precede(&pair[0], &pair[1], order), "{} {order:?}: {pair:#?}", each.collection);
    }
    sorted
}

#[tokio::test]
async fn every_key_sorts_and_pages_follow_each_other() {
    let app = app().await;
    for each in &LISTS {
        let whole = list(&app, ALICE, each, "").await;
        assert!(whole.len() >= 3, "{}", each.collection);
        assert_eq!(sorted(&app, each, &[(each.keys[0], false)]).await, whole);
        assert!(list(&app, ALICE, each, "limit=0").await.is_empty());
        for order in orders(each) {
            let sorted = sorted(&app, each, &order).await;
            let mut paged: Vec<Value> = Vec::new();
            loop {
                let marker = paged.last().map(|last| format!("&marker={}", last["id"].as_str().unwrap()));
                let query = format!("{}&limit=4{}", sort(&order), marker.unwrap_or_default());
                let page = list(&app, ALICE, each, &query).await;
                assert!(page.len() <= 4);
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(sorted.len(), whole.len());
            assert_eq!(ids(&paged), ids(&sorted), "{} {order:?}", each.collection);
        }
    }
}

#[tokio::test]
async fn a_second_key_sorts_what_the_first_leaves_equal() {
    let app = app().await;
    for each in &LISTS {
        for order in orders_of_two(each) {
            let sorted = sorted(&app, each, &order).await;
            let marker = sorted[0]["id"].as_str().unwrap();
            let next = list(&app, ALICE, each, &format!("{}&limit=2&marker={marker}", sort(&order))).await;
            assert_eq!(ids(&next), ids(&sorted[1..3]), "{} {order:?}", each.collection);
        }
    }
}

#[tokio::test]
async fn every_filter_keeps_what_has_one_of_its_values() {
    let app = app().await;
    for each in &LISTS {
        let whole = list(&app, ALICE, each, "").await;
        for filter in each.filters {
            let mut values: Vec<&str> = whole
                .iter()
                .filter_map(|item| item[*filter].as_str())
                .filter(|value| !value.is_empty())
                .collect();
            values.sort_unstable();
            values.dedup();
            assert!(!values.is_empty(), "{} {filter}", each.collection);
            for wanted in [&values[..1], &values[values.len() - 1..], &values[..]] {
                let query: Vec<String> = wanted.iter().map(|value| format!("{filter}={value}")).collect();
                let found = list(&app, ALICE, each, &query.join("&")).await;
                let expected: Vec<Value> = whole
                    .iter()
                    .filter(|item| wanted.iter().any(|value| item[*filter] == **value))
                    .cloned()
                    .collect();
                assert_eq!(ids(&found), ids(&expected), "{} {query:?}", each.collection);
                let first = list(&app, ALICE, each, &format!("limit=1&{}", query.join("&"))).await;
                assert_eq!(ids(&first), ids(&expected[..1]), "a filter comes before the limit");
            }
        }
    }
}

#[tokio::test]
async fn administrators_see_every_project_and_others_their_own() {
    let app = app().await;
    for each in &LISTS {
        let project = |item: &Value| item["project"].as_str().unwrap().to_owned();
        for person in [ALICE, BOB] {
            let own = list(&app, person, each, "global_project=false").await;
            assert!(
                !own.is_empty() && own.iter().all(|item| project(item) == person.project),
                "{}",
                each.collection
            );
            let target = format!("/v1/{}?global_project=True", each.collection);
            assert_eq!(app.get(&target).by(person).send().await.status, 403, "{target}");
        }
        let everything = list(&app, ADMIN, each, "global_project=True").await;
        for person in [ALICE, BOB] {
            assert!(everything.iter().any(|item| project(item) == person.project), "{}", each.collection);
        }
        assert_eq!(list(&app, ADMIN, each, "").await, everything, "{}", each.collection);
        assert_eq!(
            ids(&list(&app, ADMIN, each, "limit=3").await),
            ids(&everything[..3]),
            "{}",
            each.collection
        );
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = TestApp::new().await;
    for each in &LISTS {
        let key = each.keys[0];
        let unknown = if each.collection == "clusters" { "'colour'" } else { "colour" };
        for (query, text) in [
            ("colour=1".to_owned(), format!("Invalid parameter {unknown}")),
            ("limit=abc".to_owned(), "The value for limit must be an integer: 'abc'.".to_owned()),
            ("limit=-1".to_owned(), "Value must be >= 0 for field 'limit'.".to_owned()),
            ("marker=nosuch".to_owned(), "The value for marker is not a valid UUID: 'nosuch'.".to_owned()),
            ("sort=colour".to_owned(), "Unsupported sort key 'colour' for 'sort'.".to_owned()),
            (format!("sort={key}:up"), "Unsupported sort dir 'up' for 'sort'.".to_owned()),
            (format!("sort={key},"), "Missing sort key for 'sort'.".to_owned()),
            (
                "global_project=maybe".to_owned(),
                "Invalid value 'maybe' specified for 'global_project'".to_owned(),
            ),
        ] {
            let answer = app.get(&format!("/v1/{}?{query}", each.collection)).by(ALICE).send().await;
            check::fault(&answer, 400, "HTTPBadRequest", &text);
        }
    }
}
