//! Bodies that endpoints accept: built from their fields, each of which may be left out or filled in several
//! ways.

pub(crate) mod actions;
pub(crate) mod clusters;
pub(crate) mod nodes;
pub(crate) mod receivers;
mod specs;
pub(crate) mod templates;

use crate::author::Author;
use serde_json::{Map, Value, json};

/// A map to which fields are added.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// With this field.
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// With this field in so many of a hundred cases.
    fn maybe(
        self,
        author: &mut Author<'_>,
        percent: u32,
        name: &str,
        value: fn(&mut Author<'_>) -> Value,
    ) -> Self {
        if author.dice.chance(percent) {
            let value = value(author);
            self.with(name, value)
        } else {
            self
        }
    }

    /// Under `key`, as most bodies are.
    fn under(self, key: &str) -> Value {
        json!({ key: self.0 })
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Object(fields.0)
    }
}

fn flag(author: &mut Author<'_>) -> Value {
    json!(author.dice.chance(50))
}

fn flag_or_null(author: &mut Author<'_>) -> Value {
    author.dice.one(&[json!(true), json!(false), json!(null)]).clone()
}

fn data(author: &mut Author<'_>) -> Value {
    author.data()
}

fn data_or_null(author: &mut Author<'_>) -> Value {
    if author.dice.rarely(6) { Value::Null } else { author.data() }
}

fn name(author: &mut Author<'_>) -> Value {
    json!(author.name())
}

fn profile(author: &mut Author<'_>) -> Value {
    json!(author.reference('P'))
}

/// A few nodes at most: sizes stay small, so that worlds do.
fn size(author: &mut Author<'_>) -> Value {
    let number: i64 = author.dice.within(0..=4);
    if author.dice.rarely(12) { json!(number.to_string()) } else { json!(number) }
}
