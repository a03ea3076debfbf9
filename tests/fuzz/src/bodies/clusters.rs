//! Clusters (spec api-resources H).

use super::{Fields, data, data_or_null, flag, flag_or_null, name, profile, size};
use crate::author::Author;
use serde_json::{Value, json};

pub(crate) fn create(author: &mut Author<'_>) -> Value {
    let fields = Fields::default().with("name", author.name()).with("profile_id", author.own('P'));
    fields
        .maybe(author, 20, "min_size", |author| json!(author.dice.within(0..=2)))
        .maybe(author, 25, "max_size", |author| json!(author.dice.within(-1..=6)))
        .maybe(author, 70, "desired_capacity", size)
        .maybe(author, 50, "metadata", data_or_null)
        .maybe(author, 30, "timeout", timeout)
        .maybe(author, 30, "config", config)
        .under("cluster")
}

pub(crate) fn update(author: &mut Author<'_>) -> Value {
    Fields::default()
        .maybe(author, 40, "name", name)
        .maybe(author, 30, "profile_id", profile)
        .maybe(author, 40, "metadata", data_or_null)
        .maybe(author, 30, "timeout", timeout)
        .maybe(author, 30, "profile_only", flag_or_null)
        .maybe(author, 30, "config", config)
        .under("cluster")
}

pub(crate) fn force(author: &mut Author<'_>) -> Value {
    Fields::default().maybe(author, 70, "force", flag).maybe(author, 10, "more", data).into()
}

fn timeout(author: &mut Author<'_>) -> Value {
    author
        .dice
        .one(&[json!(0), json!(1), json!(60), json!(3600), json!("90"), json!(null), json!(1_i64 << 40)])
        .clone()
}

fn config(author: &mut Author<'_>) -> Value {
    let formats = ["node-$3I", "$8R", "$r", "", "x", "$0I", "n$9r#", "$99999999R", "组$I", "a/b c"];
    match author.dice.within(0..4) {
        0 => author.data(),
        1 => Value::Null,
        _ => json!({ "node.name.format": author.dice.one(&formats), "w": author.word() }),
    }
}
