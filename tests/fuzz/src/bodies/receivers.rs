//! Receivers, their calls, and actions (spec api-resources M, N, O).

use super::actions::named_operation;
use super::{Fields, data, data_or_null, name};
use crate::author::Author;
use coppice_api::fields::lists::CLUSTER_ACTIONS;
use serde_json::{Map, Value, json};

pub(crate) fn create(author: &mut Author<'_>) -> Value {
    let kind = author.dice.pick(&["webhook", "webhook", "message"]);
    let fields = Fields::default().with("name", author.name()).with("type", kind);
    let percent = if kind == "webhook" { 90 } else { 20 };
    fields
        .maybe(author, percent, "cluster_id", |author| json!(author.reference('C')))
        .maybe(author, percent, "action", action_name)
        .maybe(author, 20, "actor", data_or_null)
        .maybe(author, 50, "params", params)
        .under("receiver")
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
    Fields::default()
        .maybe(author, 50, "name", name)
        .maybe(author, 40, "action", action_name)
        .maybe(author, 50, "params", params)
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
