//! Nodes (spec api-resources L).

use super::actions::{named_operation, operation_fields};
use super::{Fields, data, data_or_null, flag, flag_or_null, name, profile};
use crate::author::Author;
use serde_json::{Value, json};

pub(crate) fn create(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().with("name", author.name()).with("profile_id", author.own('P'));
    fields
        .maybe(author, 40, "cluster_id", |author| match author.dice.within(0..6) {
            0 => json!(""),
            1 => Value::Null,
            _ => json!(author.reference('C')),
        })
        .maybe(author, 40, "metadata", data_or_null)
        .maybe(author, 30, "role", role)
        .under("node")
}

fn role(author: &mut Author<'_>) -> Value {
    if author.dice.rarely(5) { Value::Null } else { json!(author.word()) }
}

pub(crate) fn update(author: &mut Author<'_>) -> Value {
    Fields::default()
        .maybe(author, 40, "name", name)
        .maybe(author, 30, "profile_id", profile)
        .maybe(author, 40, "metadata", data_or_null)
        .maybe(author, 30, "role", role)
        .maybe(author, 30, "tainted", flag_or_null)
        .under("node")
}

pub(crate) fn force(author: &mut Author<'_>) -> Value {
    Fields::default().maybe(author, 80, "force", flag).maybe(author, 5, "more", data).into()
}

pub(crate) fn adopt(author: &mut Author<'_>) -> Value {
    found(author)
        .maybe(author, 40, "name", name)
        .maybe(author, 20, "role", role)
        .maybe(author, 30, "metadata", data_or_null)
        .into()
}

pub(crate) fn preview(author: &mut Author<'_>) -> Value {
    found(author).into()
}

/// An instance that somebody made: of the project, of another, or of nobody; or one of ours.
fn found(author: &mut Author<'_>) -> Fields {
    let about = author.about;
    let own: Vec<_> = author.known.strangers.iter().filter(|(project, _)| project == about).collect();
    let identity = match author.dice.within(0..8) {
        0 => author.nonsense(),
        1 => author.dice.any(&author.known.strangers).map_or_else(String::new, |(_, id)| id.clone()),
        2 => author.reference('N'),
        _ => author.dice.any(&own).map_or_else(String::new, |(_, id)| id.clone()),
    };
    let kinds = ["os.nova.server-1.0", "os.nova.server-1.0", "os.nova.server-1.0", "os.heat.stack-1.0", "x"];
    Fields::default()
        .with("identity", identity)
        .with("type", author.dice.pick(&kinds))
        .maybe(author, 60, "overrides", |author| match author.dice.within(0..4) {
            0 => Value::Null,
            1 => data(author),
            2 => json!({ "networks": [], "metadata": author.data() }),
            _ => json!({ "flavor": "2" }),
        })
        .maybe(author, 30, "snapshot", flag_or_null)
}

pub(crate) fn check(author: &mut Author<'_>) -> Value {
    json!({ "check": author.data() })
}

pub(crate) fn recover(author: &mut Author<'_>) -> Value {
    let fields = operation_fields(author)
        .maybe(author, 20, "check", flag)
        .maybe(author, 20, "delete_timeout", |author| author.extreme())
        .maybe(author, 20, "force_recreate", flag);
    json!({ "recover": Value::from(fields) })
}

pub(crate) fn operation(author: &mut Author<'_>) -> Value {
    let (name, params) = named_operation(author);
    if author.dice.rarely(5) { json!({ name: null }) } else { json!({ name: params }) }
}
