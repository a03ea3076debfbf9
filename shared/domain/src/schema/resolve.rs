//! Checking what a spec gives against a schema, and filling in what it leaves out (spec schemas §6, §8).

use super::{Kind, Property, Schema, value};
use crate::cluster::JsonMap;
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
            resolved.insert(property.name.to_owned(), property.resolve(given.get(property.name))?);
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
    /// What this property resolves to: the given value converted, else the default, else null.
    /// A default is taken as it is: the defaults inside an omitted map do not apply.
    ///
    /// # Errors
    /// A [`Violation`] if the value is unusable, or missing though required.
    pub fn resolve(&self, given: Option<&Value>) -> Result<Value, Violation> {
        match (given, self.default.value()) {
            (Some(value), _) => self.convert(value),
            (None, Some(default)) => Ok(default),
            (None, None) if self.required => {
                Err(Violation::new(format!("Required spec item '{}' not provided", self.name)))
            }
            (None, None) => Ok(Value::Null),
        }
    }

    /// `given` converted to this property's kind.
    ///
    /// # Errors
    /// A [`Violation`] if the value is unusable. What is wrong with the values there are is reported ahead
    /// of keys that are missing or unknown anywhere inside.
    pub fn convert(&self, given: &Value) -> Result<Value, Violation> {
        self.check_values(given)?;
        match (self.kind, given) {
            (Kind::Map(Some(schema)), Value::Object(map)) => schema.resolve(map).map(Value::Object),
            (Kind::List(item), _) => value::items(given)?
                .iter()
                .map(|each| item.convert(each))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
            _ => self.scalar(given),
        }
    }

    /// The first look at a value, which goes through maps without missing keys in them. It passes over
    /// empty entries of a map, zero and false among them: those are for the second look.
    fn check_values(&self, given: &Value) -> Result<(), Violation> {
        match (self.kind, given) {
            (Kind::Map(Some(schema)), Value::Object(map)) => schema
                .0
                .iter()
                .filter_map(|inner| Some((inner, map.get(inner.name).filter(|entry| !is_empty(entry))?)))
                .try_for_each(|(inner, entry)| inner.check_values(entry)),
            (Kind::List(item), _) => value::items(given)?.iter().try_for_each(|each| item.check_values(each)),
            _ => self.scalar(given).map(|_| ()),
        }
    }

    /// A value that is converted as a whole.
    fn scalar(&self, given: &Value) -> Result<Value, Violation> {
        let converted = match self.kind {
            Kind::String => value::string(given),
            Kind::Integer => value::integer(given),
            Kind::Number => value::number(given),
            Kind::Boolean => value::boolean(given),
            Kind::Map(_) => value::map(given),
            Kind::List(_) => value::items(given).map(Value::Array),
        }?;
        value::allowed(given, &converted, self.allowed)?;
        Ok(converted)
    }
}

/// What is false in Python.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}
