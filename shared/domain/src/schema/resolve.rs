//! Checking what a spec gives against a schema, and filling in what it leaves out (spec schemas §6, §8).

use super::{Kind, Property, Schema, value};
use crate::cluster::JsonMap;
use crate::pyrepr;
use serde_json::Value;

/// How a spec departs from its schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Violation {
    /// The text clients see; it names the key or the value, never a path.
    pub text: String,
    /// Whether the reference fails on the value's type rather than on the value: where it meets such a
    /// value outside the orderly check, it answers the generic 400 (spec schemas §7).
    pub wrong_type: bool,
}

impl Violation {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), wrong_type: false }
    }

    pub(super) fn of_type(text: impl Into<String>) -> Self {
        Self { text: text.into(), wrong_type: true }
    }
}

impl Schema {
    /// The given properties converted to their kinds, with every property of the schema present: omitted
    /// ones as their default or null. Properties are checked in schema order, unknown keys after them.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn resolve(self, given: &JsonMap) -> Result<JsonMap, Violation> {
        let mut resolved = JsonMap::new();
        for property in self.0 {
            resolved.insert(property.name.to_owned(), property.resolve_in(given)?);
        }
        match given.keys().find(|key| self.property(key).is_none()) {
            Some(key) => Err(Violation::new(format!("Unrecognizable spec item '{key}'"))),
            None => Ok(resolved),
        }
    }

    /// [`Schema::resolve`] for its verdict alone.
    ///
    /// # Errors
    /// The first [`Violation`].
    pub fn validate(self, given: &JsonMap) -> Result<(), Violation> {
        self.resolve(given).map(|_| ())
    }
}

impl Property {
    /// What this property of a map resolves to: the given value converted, else the default, else null.
    /// A default is taken as it is: the defaults inside an omitted map do not apply.
    ///
    /// # Errors
    /// A [`Violation`] if the value is unusable, or missing though required.
    pub fn resolve_in(&self, given: &JsonMap) -> Result<Value, Violation> {
        match given.get(self.name) {
            Some(value) => self.convert(value),
            None => match self.default.value() {
                Some(default) => Ok(default),
                None if self.required => {
                    Err(Violation::new(format!("Required spec item '{}' not provided", self.name)))
                }
                None => Ok(Value::Null),
            },
        }
    }

    /// `given` converted to this property's kind.
    ///
    /// # Errors
    /// A [`Violation`] if the value is unusable.
    pub fn convert(&self, given: &Value) -> Result<Value, Violation> {
        let converted = match self.kind {
            Kind::String => value::string(given),
            Kind::Integer => value::integer(given),
            Kind::Number => value::number(given),
            Kind::Boolean => value::boolean(given),
            Kind::Map(schema) => match (given, schema) {
                (Value::Object(map), Some(schema)) => schema.resolve(map).map(Value::Object),
                (Value::Object(_), None) => Ok(given.clone()),
                _ => Err(Violation::new(format!("'{}' is not a Map", pyrepr::str(given)))),
            },
            Kind::List(item) => value::items(given)?
                .iter()
                .map(|each| item.convert(each))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
        }?;
        value::allowed(given, &converted, self.allowed)?;
        Ok(converted)
    }
}
