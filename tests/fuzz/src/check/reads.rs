//! What is there can be read: lists show all of a project and no more, in pages as a whole, and names lead to
//! who bears them (spec api-common §13, §14).

use super::table::Table;
use super::{Complaints, ensure};
use crate::author::BIRDS;
use crate::dice::Dice;
use crate::endpoints::ENDPOINTS;
use crate::query::Query;
use coppice_api::fields::query::Listing;
use coppice_e2e::{Person, TestApp};
use coppice_store::{Entity, Kind};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Names that are looked up at most, of one kind and project.
const LOOKED_UP: usize = 12;

/// Everything that is wrong with what the projects' members read.
pub(crate) async fn check(app: &TestApp, table: &Table, dice: &mut Dice) -> Complaints {
    let mut reader = Reader { app, dice, complaints: Complaints::new() };
    for (person, _) in BIRDS {
        reader.kind(person, &table.clusters).await;
        reader.kind(person, &table.nodes).await;
        reader.kind(person, &table.profiles).await;
        reader.kind(person, &table.policies).await;
        reader.kind(person, &table.receivers).await;
        reader.kind(person, &table.actions).await;
        reader.kind(person, &table.events).await;
    }
    reader.complaints
}

struct Reader<'a> {
    app: &'a TestApp,
    dice: &'a mut Dice,
    complaints: Complaints,
}

impl Reader<'_> {
    async fn kind<T: Entity>(&mut self, person: Person, resources: &[T]) {
        let own: Vec<&T> = resources.iter().filter(|each| each.project() == person.project).collect();
        self.lists(person, T::KIND, &own).await;
        if T::KIND != Kind::Event {
            self.names(person, &own).await;
        }
    }

    /// The whole list, and the same in pages and in some order.
    async fn lists<T: Entity>(&mut self, person: Person, kind: Kind, own: &[&T]) {
        let Some(whole) = self.listed(person, kind, "").await else { return };
        let (there, should): (BTreeSet<Uuid>, BTreeSet<Uuid>) =
            (whole.iter().copied().collect(), own.iter().map(|each| each.uuid()).collect());
        ensure(&mut self.complaints, there == should && whole.len() == should.len(), || {
            let differing: Vec<_> = there.symmetric_difference(&should).collect();
            format!("the list of {kind:?} is not what there is: {differing:?} of {}", person.project)
        });
        let key = self.dice.pick(listing(kind).sort_keys);
        let order = format!("sort={key}{}", self.dice.one(&["", ":desc"]));
        let Some(sorted) = self.listed(person, kind, &order).await else { return };
        let size = self.dice.within(1..=9) + sorted.len() / 20;
        let mut paged: Vec<Uuid> = Vec::new();
        while let Some(page) = {
            let marker = paged.last().map_or_else(String::new, |last| format!("&marker={last}"));
            self.listed(person, kind, &format!("{order}&limit={size}{marker}")).await
        } {
            let last = page.len() < size;
            paged.extend(page);
            if last || paged.len() > sorted.len() {
                break;
            }
        }
        ensure(&mut self.complaints, paged == sorted, || {
            format!("the list of {kind:?} by {order} is another in pages of {size}")
        });
    }

    /// The ids in a list; none where it is too large to be answered.
    async fn listed(&mut self, person: Person, kind: Kind, query: &str) -> Option<Vec<Uuid>> {
        let target = format!("/v1/{}?{query}", collection(kind));
        let answer = self.app.get(&target).by(person).at("1.14").send().await;
        if answer.status == 400 && answer.fault().0 == "RequestLimitExceeded" {
            return None;
        }
        ensure(&mut self.complaints, answer.status == 200, || format!("{target}: {}", answer.text()));
        let body: Value = serde_json::from_slice(&answer.body).ok()?;
        let items = body[collection(kind)].as_array()?.iter();
        Some(items.filter_map(|item| item["id"].as_str()?.parse().ok()).collect())
    }

    async fn names<T: Entity>(&mut self, person: Person, own: &[&T]) {
        let mut bearers: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for each in own {
            bearers.entry(each.name()).or_default().push(each.uuid());
        }
        let skipped =
            if bearers.len() > LOOKED_UP { self.dice.within(0..=bearers.len() - LOOKED_UP) } else { 0 };
        for (name, bearers) in bearers.into_iter().skip(skipped).take(LOOKED_UP) {
            // Where a name is also an id, the id counts.
            if own.iter().any(|each| each.uuid().to_string() == name) {
                continue;
            }
            let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
            let target = format!("/v1/{}/{encoded}", collection(T::KIND));
            let answer = self.app.get(&target).by(person).at("1.14").send().await;
            let right = match (bearers.as_slice(), answer.status) {
                ([one], 200) => answer.text().contains(&one.to_string()),
                ([_, _, ..], 400) => answer.fault().0 == "MultipleChoices",
                // A slash is no part of a name in a path.
                (_, 404) => name.contains('/') || name.is_empty(),
                _ => false,
            };
            ensure(&mut self.complaints, right, || {
                format!("{target}, which is {bearers:?}: {} {}", answer.status, answer.text())
            });
        }
    }
}

fn collection(kind: Kind) -> &'static str {
    match kind {
        Kind::Cluster => "clusters",
        Kind::Node => "nodes",
        Kind::Profile => "profiles",
        Kind::Policy => "policies",
        Kind::Receiver => "receivers",
        Kind::Action => "actions",
        Kind::Event => "events",
    }
}

fn listing(kind: Kind) -> &'static Listing {
    let path = format!("/{}", collection(kind));
    let lists = ENDPOINTS.iter().filter(|endpoint| endpoint.method == "GET" && endpoint.path == path);
    let mut lists = lists.filter_map(|endpoint| match endpoint.query {
        Query::List(listing) => Some(listing),
        _ => None,
    });
    lists.next().expect("every kind has a list")
}
