//! Receivers, their calls, and actions (spec api-resources M, N, O).

use super::actions::named_operation;
use super::{Fields, data, data_or_null, flag_or_null, name};
use crate::author::Author;
use coppice_api::fields::lists::CLUSTER_ACTIONS;
use serde_json::{Map, Value, json};

pub(crate) fn create(author: &mut Author<'_>) -> Value {
    // What this service adds is mostly for those who ask for it.
    let added = author.additions || author.dice.rarely(30);
    let kinds = ["webhook", "webhook", "message", "webhook", "schedule", "schedule"];
    let kind = author.dice.pick(if added { &kinds } else { &kinds[..3] });
    let fields = Fields::default().with("name", author.name()).with("type", kind);
    let percent = if kind == "message" { 20 } else { 90 };
    let of = |only: &str, percent| match kind == only {
        _ if !added => 0,
        true => percent,
        false => 3,
    };
    let (scheduled, protected) = (of("schedule", 95), of("webhook", 60));
    fields
        .maybe(author, percent, "cluster_id", |author| json!(author.reference('C')))
        .maybe(author, percent, "action", action_name)
        .maybe(author, 20, "actor", data_or_null)
        .maybe(author, 50, "params", params)
        .maybe(author, scheduled, "schedule", schedule)
        .maybe(author, protected, "protection", protection)
        .under("receiver")
}

/// When to act: mostly so soon that it happens while the world lasts, whose clock begins at
/// 2023-11-14T22:13:20Z.
fn schedule(author: &mut Author<'_>) -> Value {
    let again = ["* * * * *", "*/5 * * * *", "0 * * * *", "1-50/7,3 20-23 * jan-dec *", "30 2 * * sun"];
    let once =
        ["2023-11-14T22:14:00Z", "2023-11-14T23:20:00+01:00", "2023-11-14T22:30:00", "2037-01-01T00:00:00"];
    let odd = ["0 0 31 2 *", "* * * *", "1999-01-01T00:00:00", "soon", ""];
    let key = author.dice.pick(&["cron", "cron", "at"]);
    let when = match author.dice.within(0..12) {
        0 => author.dice.pick(&odd),
        _ if key == "cron" => author.dice.pick(&again),
        _ => author.dice.pick(&once),
    };
    Fields::default()
        .with(key, when)
        .maybe(author, 30, "timezone", |author| {
            json!(author.dice.pick(&["UTC", "Europe/Zurich", "Pacific/Chatham", "europe/zurich", "Mars"]))
        })
        .maybe(author, 40, "missed", |author| {
            json!(author.dice.pick(&["run_once", "skip", "skip", "run_once", "SKIP"]))
        })
        .into()
}

/// How a webhook's calls are protected.
fn protection(author: &mut Author<'_>) -> Value {
    Fields::default().maybe(author, 70, "signing", flag_or_null).maybe(author, 40, "rate", rate).into()
}

/// So few calls that more come.
fn rate(author: &mut Author<'_>) -> Value {
    let seconds = author.dice.pick(&[1, 60, 3600, 86_400, 86_401]);
    match author.dice.within(0..10) {
        0 => Value::Null,
        1 => json!({ "calls": author.dice.within(-1..=1) }),
        _ => json!({ "calls": author.dice.within(0..=3), "seconds": seconds }),
    }
}

/// Another secret.
pub(crate) fn secret(author: &mut Author<'_>) -> Value {
    let grace = |author: &mut Author<'_>| json!(author.dice.pick(&[0, 1, 60, 604_800, 604_801, -1]));
    Fields::default().maybe(author, 50, "grace", grace).into()
}

/// What grows and shrinks comes more often than what ends a world.
fn action_name(author: &mut Author<'_>) -> Value {
    let usual =
        ["CLUSTER_SCALE_OUT", "CLUSTER_SCALE_IN", "CLUSTER_RESIZE", "CLUSTER_CHECK", "CLUSTER_RECOVER"];
    let names = if author.dice.chance(70) { &usual } else { CLUSTER_ACTIONS };
    json!(author.dice.one(names))
}

/// What an action is told: inputs of one or several, checked by nobody before it runs.
fn params(author: &mut Author<'_>) -> Value {
    match author.dice.within(0..6) {
        0 => data_or_null(author),
        1 => json!({ "adjustment_type": "CHANGE_IN_CAPACITY", "number": author.dice.within(-2..=2) }),
        2 => {
            json!({ "nodes": [author.reference('N')], "new_profile_id": author.reference('P'), "w": author.word() })
        }
        3 => json!({ "candidates": [author.reference('N')], "count": 1, "destroy_after_deletion": true }),
        4 => {
            let (operation, params) = named_operation(author);
            let candidates = Map::from_iter([(author.own('N'), json!(author.reference('N')))]);
            json!({ "operation": operation, "params": params, "candidates": candidates, "name": author.name() })
        }
        _ => json!({ "count": author.dice.within(0..=3), "w": author.word() }),
    }
}

pub(crate) fn update(author: &mut Author<'_>) -> Value {
    let added = if author.additions { 30 } else { 1 };
    Fields::default()
        .maybe(author, 50, "name", name)
        .maybe(author, 40, "action", action_name)
        .maybe(author, 50, "params", params)
        .maybe(author, added, "schedule", schedule)
        .maybe(author, added, "protection", protection)
        .under("receiver")
}

/// The body of a webhook's call, in either form.
pub(crate) fn trigger(author: &mut Author<'_>) -> Value {
    match author.dice.within(0..3) {
        0 => json!({ "params": params(author) }),
        1 => data(author),
        _ => params(author),
    }
}

/// A message to a receiver.
pub(crate) fn letter(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().with("cluster", author.reference('C')).with("action", action_name(author));
    fields.maybe(author, 60, "params", params).into()
}

pub(crate) fn cancel(author: &mut Author<'_>) -> Value {
    let status =
        if author.dice.chance(85) { "CANCELLED" } else { author.dice.pick(&["cancelled", "RUNNING", ""]) };
    Fields::default().with("status", status).maybe(author, 10, "force", super::flag).under("action")
}

pub(crate) fn action(author: &mut Author<'_>) -> Value {
    json!({ "action": author.data() })
}
