//! A request body after its checks.

use coppice_domain::cluster::JsonMap;
use serde_json::Value;
use std::collections::BTreeMap;

/// A field's value, told apart from null and from nothing (spec api-common §11, §17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// The key is not there, or this microversion does not know it.
    Absent,
    /// The key is there with null.
    Null,
    /// The key is there with this value.
    Value(T),
}

impl<T> Given<T> {
    /// The value; none if null or absent.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null | Self::Absent => None,
        }
    }

    /// Whether the key is there, with null or a value.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// None if absent; else what was given, null as none.
    #[must_use]
    pub fn given(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// The same with the value transformed.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Given<U> {
        match self {
            Self::Absent => Given::Absent,
            Self::Null => Given::Null,
            Self::Value(value) => Given::Value(f(value)),
        }
    }
}

/// A checked body. A getter answers [`Given::Absent`] for a field of another kind than its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coerced {
    values: BTreeMap<&'static str, Value>,
}

impl Coerced {
    pub(super) fn new(values: impl Iterator<Item = (&'static str, Value)>) -> Self {
        Self { values: values.collect() }
    }

    /// Whether nothing was given that this microversion knows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether the field was given, be it as null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A string, name or enum.
    #[must_use]
    pub fn text(&self, name: &str) -> Given<&str> {
        self.get(name, Value::as_str)
    }

    /// A size or count, converted; beyond 64 bits the nearest that fits.
    #[must_use]
    pub fn integer(&self, name: &str) -> Given<i64> {
        self.get(name, Value::as_i64)
    }

    /// A number.
    #[must_use]
    pub fn number(&self, name: &str) -> Given<f64> {
        self.get(name, Value::as_f64)
    }

    /// A boolean.
    #[must_use]
    pub fn boolean(&self, name: &str) -> Given<bool> {
        self.get(name, Value::as_bool)
    }

    /// A free-form object, or a map from identity to identity.
    #[must_use]
    pub fn map(&self, name: &str) -> Given<&JsonMap> {
        self.get(name, Value::as_object)
    }

    /// A list of identities.
    #[must_use]
    pub fn identities(&self, name: &str) -> Given<Vec<&str>> {
        self.get(name, |value| value.as_array().map(|items| items.iter().filter_map(Value::as_str).collect()))
    }

    fn get<'a, T>(&'a self, name: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Given<T> {
        match self.values.get(name) {
            None => Given::Absent,
            Some(Value::Null) => Given::Null,
            Some(value) => read(value).map_or(Given::Absent, Given::Value),
        }
    }
}
