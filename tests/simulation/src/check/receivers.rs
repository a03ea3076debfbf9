//! What must hold of receivers once a world has come to rest.

use super::Rest;
use crate::history::{History, Item, text};
use crate::world::World;
use coppice_domain::ids::{EventId, ReceiverId};
use coppice_domain::receiver::schedule::scheduled;
use coppice_domain::time::{Clock, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// By how much clocks and reconcilers may be late, together and generously.
const LATE: Duration = Duration::from_secs(900);

/// Everything that is wrong.
pub(super) fn check(rest: &Rest, history: &History, world: &World) -> Vec<String> {
    let receivers = super::by_id(history, "R");
    let mut violations = Vec::new();
    let beside: BTreeSet<(String, String)> = history
        .of_kind("C#")
        .filter_map(|((pk, sk), _)| Some((pk[2..].to_owned(), sk.strip_prefix("R#")?.to_owned())))
        .collect();
    let own = receivers.iter();
    let own = own.filter_map(|(id, item)| Some((text(item, "cluster_id")?.to_owned(), id.clone())));
    for (cluster, receiver) in own.collect::<BTreeSet<_>>().symmetric_difference(&beside) {
        violations.push(format!("receiver {receiver} and cluster {cluster} do not agree"));
    }
    for (id, item) in &receivers {
        // The letters of a message receiver name their clusters.
        let acts = text(item, "type") != Some("message");
        let cluster = text(item, "cluster_id").and_then(|cluster| rest.clusters.get(cluster));
        if acts && cluster.map(|cluster| text(cluster, "project")) != Some(text(item, "project")) {
            violations.push(format!("receiver {id} acts on a cluster that is gone, or is not its project's"));
        }
        // Whoever looks for due runs finds none any more.
        let late = next_run(item).filter(|run| world.clock.now().since(*run) > LATE);
        if let Some(run) = late {
            violations.push(format!("the run of receiver {id} at {} is never made", run.iso_z()));
        }
        if next_run(item).is_some() != item.contains_key("due") {
            violations.push(format!("receiver {id} and the index do not agree on its being due"));
        }
    }
    let book = world.book();
    for id in &book.deleted_receivers {
        if receivers.contains_key(&id.to_string()) {
            violations.push(format!("receiver {id} was deleted and is there"));
        }
    }
    for (id, run) in &book.runs {
        let is_past = world.clock.now().since(*run) > LATE;
        if is_past && receivers.contains_key(&id.to_string()) && !accounted_for(rest, history, *id, *run) {
            violations.push(format!("the run of receiver {id} at {} was lost", run.iso_z()));
        }
    }
    for (id, item) in &receivers {
        let Some(rate) = rate(item) else { continue };
        let taken = book.admitted.iter().filter(|(admitted, _)| admitted.to_string() == *id);
        let taken: Vec<Timestamp> = taken.map(|(_, at)| *at).collect();
        let (first, last) = (taken.iter().min().copied(), taken.iter().max().copied());
        let span = first.zip(last).map_or(0, |(first, last)| last.since(first).as_secs());
        // A bucket is full at first, and gains meanwhile.
        let gained = (span + LATE.as_secs()) * rate.0 / rate.1;
        if taken.len() as u64 > rate.0 + gained {
            violations.push(format!("receiver {id} took {} calls in {span} s, of {rate:?}", taken.len()));
        }
    }
    violations
}

fn next_run(item: &Item) -> Option<Timestamp> {
    text(item, "next_run")?.parse().ok().map(Timestamp::from_micros)
}

/// Whether a run was made, or an event says why it was not.
fn accounted_for(rest: &Rest, history: &History, id: ReceiverId, run: Timestamp) -> bool {
    let action = scheduled(id, run);
    let told = EventId::derived(action, "passed", 0).to_string();
    rest.actions.contains_key(&action.to_string()) || super::by_id(history, "E").contains_key(&told)
}

/// How many calls a receiver takes, in how many seconds.
fn rate(item: &Item) -> Option<(u64, u64)> {
    let protection: Value = serde_json::from_str(text(item, "protection")?).ok()?;
    let rate = &protection["rate"];
    Some((rate["calls"].as_u64()?, rate["seconds"].as_u64()?))
}
