//! One schema engine for the specs of profiles and policies; a type is data for it (spec schemas §2, §8).
//!
//! A [`Schema`] is an ordered list of [`Property`]s: the order is the order of checking. Everything can
//! be built in a `const`, so that a type reads as a table.

use serde_json::{Map, Value};

pub mod operation;
mod render;
mod resolve;
pub mod spec;
pub mod support;
#[cfg(test)]
pub(crate) mod tests;
mod value;

pub use resolve::Violation;

/// Properties in the order in which they are checked.
#[derive(Clone, Copy, Debug)]
pub struct Schema(pub &'static [Property]);

/// One property: a key of a map, or (named `*`) the items of a list.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// The key in the spec.
    pub name: &'static str,
    /// What kind of value it takes.
    pub kind: Kind,
    /// What it is for, in one sentence; empty where the wire shows none.
    pub description: &'static str,
    /// What an omitted property resolves to.
    pub default: Fallback,
    /// Whether leaving it out is an error.
    pub required: bool,
    /// Whether an update may change it.
    pub updatable: bool,
    /// The only values it may take; empty for no such limit.
    pub allowed: &'static [&'static str],
}

/// What kind of value a property takes. The names are the wire's.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number, or what converts to one.
    Integer,
    /// Anything but null.
    String,
    /// A number, or what converts to one.
    Number,
    /// A boolean, or a word for one.
    Boolean,
    /// An object with these keys; with any keys if none are given.
    Map(Option<Schema>),
    /// A sequence of such items.
    List(&'static Property),
}

/// What an omitted property resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Null; the wire shows no default.
    Nothing,
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A string.
    Text(&'static str),
    /// An empty object.
    EmptyMap,
}

impl Fallback {
    /// The default as a value; none where there is no default.
    #[must_use]
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            Self::Boolean(flag) => Some(flag.into()),
            Self::Integer(number) => Some(number.into()),
            Self::Text(text) => Some(text.into()),
            Self::EmptyMap => Some(Value::Object(Map::new())),
        }
    }
}

impl Kind {
    /// The name shown as `type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Integer => "Integer",
            Self::String => "String",
            Self::Number => "Number",
            Self::Boolean => "Boolean",
            Self::Map(_) => "Map",
            Self::List(_) => "List",
        }
    }
}

impl Schema {
    /// The property of this name.
    #[must_use]
    pub fn property(self, name: &str) -> Option<&'static Property> {
        self.0.iter().find(|property| property.name == name)
    }
}

impl Property {
    /// An optional property of this kind, without default, fixed after creation.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            kind,
            description,
            default: Fallback::Nothing,
            required: false,
            updatable: false,
            allowed: &[],
        }
    }

    /// An optional [`Kind::String`].
    #[must_use]
    pub const fn string(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::String, description)
    }

    /// An optional [`Kind::Integer`].
    #[must_use]
    pub const fn integer(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Integer, description)
    }

    /// An optional [`Kind::Number`].
    #[must_use]
    pub const fn number(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Number, description)
    }

    /// An optional [`Kind::Boolean`].
    #[must_use]
    pub const fn boolean(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Boolean, description)
    }

    /// An optional object with these keys.
    #[must_use]
    pub const fn map(name: &'static str, schema: Schema, description: &'static str) -> Self {
        Self::new(name, Kind::Map(Some(schema)), description)
    }

    /// An optional object with any keys.
    #[must_use]
    pub const fn free_map(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Map(None), description)
    }

    /// An optional list of such items.
    #[must_use]
    pub const fn list(name: &'static str, item: &'static Self, description: &'static str) -> Self {
        Self::new(name, Kind::List(item), description)
    }

    /// The same, with a default.
    #[must_use]
    pub const fn or(self, default: Fallback) -> Self {
        Self { default, ..self }
    }

    /// The same, which must be given.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, which an update may change.
    #[must_use]
    pub const fn updatable(self) -> Self {
        Self { updatable: true, ..self }
    }

    /// The same, limited to these values.
    #[must_use]
    pub const fn one_of(self, allowed: &'static [&'static str]) -> Self {
        Self { allowed, ..self }
    }
}
