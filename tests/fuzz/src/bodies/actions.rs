//! Actions and operations on clusters (spec api-resources I, J).

use super::{Fields, data_or_null, flag, flag_or_null};
use crate::author::Author;
use coppice_domain::profile_types;
use serde_json::{Map, Value, json};

pub(crate) fn add_nodes(author: &mut Author<'_>) -> Value {
    let count = author.dice.within(1..=2);
    let nodes: Vec<String> = (0..count).map(|_| orphan(author)).collect();
    json!({ "add_nodes": { "nodes": nodes } })
}

pub(crate) fn del_nodes(author: &mut Author<'_>) -> Value {
    let count = author.dice.within(1..=2);
    let nodes: Vec<String> = (0..count).map(|_| member(author)).collect();
    let fields = Fields::default().with("nodes", nodes);
    json!({ "del_nodes": Value::from(fields.maybe(author, 50, "destroy_after_deletion", flag_or_null)) })
}

pub(crate) fn replace_nodes(author: &mut Author<'_>) -> Value {
    let count = author.dice.within(1..=2);
    let nodes: Map<String, Value> = (0..count).map(|_| (member(author), json!(orphan(author)))).collect();
    json!({ "replace_nodes": { "nodes": nodes } })
}

fn orphan(author: &mut Author<'_>) -> String {
    node(author, None)
}

fn member(author: &mut Author<'_>) -> String {
    let cluster = author.cluster.clone();
    node(author, cluster.as_deref())
}

/// A node that was made in this cluster, or in none.
fn node(author: &mut Author<'_>, cluster: Option<&str>) -> String {
    let nodes = author.known.of(author.about, 'N');
    let fitting: Vec<_> = nodes.iter().filter(|node| node.cluster.as_deref() == cluster).collect();
    match author.dice.any(&fitting) {
        Some(node) if author.dice.chance(85) => node.id.clone(),
        _ => author.reference('N'),
    }
}

pub(crate) fn resize(author: &mut Author<'_>) -> Value {
    let kind = author.dice.pick(&["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"]);
    let number = match kind {
        "EXACT_CAPACITY" => json!(author.dice.within(0..=5)),
        "CHANGE_IN_CAPACITY" => json!(author.dice.within(-3..=3)),
        _ => author
            .dice
            .one(&[json!(50), json!(-50.0), json!(33.3), json!(-0.1), json!(0), json!(100)])
            .clone(),
    };
    let mut fields = Fields::default();
    if author.dice.chance(85) {
        fields = fields.with("adjustment_type", kind).with("number", number);
    }
    let fields = fields
        .maybe(author, 20, "min_size", |author| json!(author.dice.within(0..=3)))
        .maybe(author, 20, "max_size", |author| json!(author.dice.within(-1..=6)))
        .maybe(author, 20, "min_step", |author| json!(author.dice.within(0..=3)))
        .maybe(author, 50, "strict", flag);
    json!({ "resize": Value::from(fields) })
}

pub(crate) fn scale_out(author: &mut Author<'_>) -> Value {
    json!({ "scale_out": count(author) })
}

pub(crate) fn scale_in(author: &mut Author<'_>) -> Value {
    json!({ "scale_in": count(author) })
}

fn count(author: &mut Author<'_>) -> Value {
    let counts = [json!(1), json!(1), json!(2), json!("2"), json!(null), json!(0), json!(7)];
    match author.dice.within(0..3) {
        0 => json!({}),
        _ => json!({ "count": author.dice.one(&counts) }),
    }
}

// The actions on policies go by two names each.

pub(crate) fn policy_attach(author: &mut Author<'_>) -> Value {
    json!({ "policy_attach": attachment(author) })
}

pub(crate) fn attach_policy(author: &mut Author<'_>) -> Value {
    json!({ "attach_policy": attachment(author) })
}

pub(crate) fn policy_detach(author: &mut Author<'_>) -> Value {
    json!({ "policy_detach": { "policy_id": bound(author) } })
}

pub(crate) fn detach_policy(author: &mut Author<'_>) -> Value {
    json!({ "detach_policy": { "policy_id": bound(author) } })
}

pub(crate) fn policy_update(author: &mut Author<'_>) -> Value {
    json!({ "policy_update": change(author) })
}

pub(crate) fn update_policy(author: &mut Author<'_>) -> Value {
    json!({ "update_policy": change(author) })
}

fn attachment(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().with("policy_id", author.reference('L'));
    fields.maybe(author, 50, "enabled", flag_or_null).into()
}

fn change(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().with("policy_id", bound(author));
    fields.maybe(author, 70, "enabled", flag_or_null).into()
}

/// A policy that is attached to some cluster of the project, and mostly to the one that the path names.
fn bound(author: &mut Author<'_>) -> String {
    let about = author.about;
    let mut bound: Vec<_> = author.known.bound.iter().filter(|(project, ..)| project == about).collect();
    let named = |(_, cluster, _): &&(String, String, String)| author.cluster.as_ref() == Some(cluster);
    if bound.iter().any(named) && author.dice.chance(80) {
        bound.retain(named);
    }
    match author.dice.any(&bound) {
        Some((_, _, policy)) => policy.clone(),
        None => author.reference('L'),
    }
}

pub(crate) fn check(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().maybe(author, 40, "delete_check_action", flag);
    json!({ "check": Value::from(fields.maybe(author, 30, "w", |author| author.data())) })
}

pub(crate) fn recover(author: &mut Author<'_>) -> Value {
    let fields = operation_fields(author).maybe(author, 20, "check", flag);
    json!({ "recover": Value::from(fields.maybe(author, 20, "check_capacity", flag)) })
}

/// What a recovery is told to do, of a cluster or of a node.
pub(super) fn operation_fields(author: &mut Author<'_>) -> Fields {
    let mut fields = Fields::default();
    if author.dice.chance(80) {
        fields =
            fields.with("operation", author.dice.pick(&["REBOOT", "rebuild", "RECREATE", "recreate", "FLY"]));
        fields = fields.maybe(author, 40, "operation_params", |author| {
            author
                .dice
                .one(&[json!({ "type": "soft" }), json!({ "type": "HARD" }), json!({}), json!({ "x": 1 })])
                .clone()
        });
    }
    fields
}

pub(crate) fn complete_lifecycle(author: &mut Author<'_>) -> Value {
    json!({ "complete_lifecycle": { "lifecycle_action_token": author.reference('X') } })
}

/// The name of an operation, mostly of a server, and what it is told.
pub(super) fn named_operation(author: &mut Author<'_>) -> (String, Value) {
    let place = author.dice.pick(&[0, 1, 2, 2, 2, 2]);
    let operation = author.dice.one(profile_types::ALL[place].operations).name;
    let params = match operation {
        "reboot" => json!({ "type": author.dice.pick(&["SOFT", "HARD", "soft"]) }),
        "change_password" => json!({ "admin_pass": author.word() }),
        "rescue" => json!({ "image_ref": author.word() }),
        "evacuate" => json!({ "host": "h", "force": "true" }),
        "restart" => json!({ "wait_time": author.dice.within(0..9) }),
        "abandon" => author.data(),
        _ => json!({}),
    };
    (operation.to_owned(), params)
}

pub(crate) fn operation(author: &mut Author<'_>) -> Value {
    let (name, params) = named_operation(author);
    let mut fields = Fields::default();
    if params != json!({}) && author.dice.chance(80) {
        fields = fields.with("params", params);
    }
    json!({ name: Value::from(fields.maybe(author, 40, "filters", filters)) })
}

fn filters(author: &mut Author<'_>) -> Value {
    match author.dice.within(0..4) {
        0 => data_or_null(author),
        1 => json!({ "status": ["ACTIVE", "ERROR"] }),
        2 => json!({ "name": author.name(), "role": "" }),
        _ => json!({ "profile_id": author.reference('P') }),
    }
}
