//! The conversions behind each kind of property (spec schemas §8): what is accepted, what it becomes, and
//! the text of the refusal. They are deliberately weaker than the checks of request fields.

use super::Violation;
use crate::pyrepr::{self, number};
use serde_json::{Number, Value};

/// Words for true and false, besides the booleans themselves.
const TRUE: [&str; 6] = ["1", "t", "true", "on", "y", "yes"];
const FALSE: [&str; 6] = ["0", "f", "false", "off", "n", "no"];

/// Anything but null becomes the string Python would print.
pub(super) fn string(value: &Value) -> Result<Value, Violation> {
    if value.is_null() {
        return Err(Violation::new("The value 'None' is not a valid string."));
    }
    Ok(Value::String(pyrepr::str(value)))
}

/// Whole numbers, booleans, null, floats (cut towards zero) and strings that convert. Numbers beyond 64
/// bits become the nearest that fits.
pub(super) fn integer(value: &Value) -> Result<Value, Violation> {
    let refusal = || format!("The value '{}' is not a valid Integer", pyrepr::str(value));
    match value {
        Value::Null => Ok(Value::Null),
        Value::Bool(flag) => Ok(i64::from(*flag).into()),
        Value::Number(given) => Ok(Value::Number(whole(given))),
        Value::String(text) => number::int(text).map(Value::from).ok_or_else(|| Violation::new(refusal())),
        Value::Array(_) | Value::Object(_) => Err(Violation::of_type(refusal())),
    }
}

/// Numbers, booleans and strings that convert to a finite number.
pub(super) fn number(value: &Value) -> Result<Value, Violation> {
    let refusal = || format!("The value '{}' is not a valid number.", pyrepr::str(value));
    match value {
        Value::Number(_) => Ok(value.clone()),
        Value::Bool(flag) => Ok(i64::from(*flag).into()),
        Value::String(text) => match number::int(text) {
            Some(whole) => Ok(whole.into()),
            None => number::float(text)
                .and_then(Number::from_f64)
                .map(Value::Number)
                .ok_or_else(|| Violation::new(refusal())),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Violation::of_type(refusal())),
    }
}

/// Booleans, and anything that prints as a word for one.
pub(super) fn boolean(value: &Value) -> Result<Value, Violation> {
    if value.is_boolean() {
        return Ok(value.clone());
    }
    let text = pyrepr::str(value);
    let word = text.trim_matches(number::is_space).to_lowercase();
    if TRUE.contains(&word.as_str()) {
        Ok(true.into())
    } else if FALSE.contains(&word.as_str()) {
        Ok(false.into())
    } else {
        Err(Violation::new(format!("The value '{text}' is not a valid Boolean")))
    }
}

/// The items of a sequence; a string is a sequence of its characters.
pub(super) fn items(value: &Value) -> Result<Vec<Value>, Violation> {
    match value {
        Value::Array(items) => Ok(items.clone()),
        Value::String(text) => Ok(text.chars().map(|c| Value::String(c.to_string())).collect()),
        other => Err(Violation::new(format!("'{}' is not a List", pyrepr::str(other)))),
    }
}

/// An object as it is.
pub(super) fn map(value: &Value) -> Result<Value, Violation> {
    match value {
        Value::Object(_) => Ok(value.clone()),
        other => Err(Violation::new(format!("'{}' is not a Map", pyrepr::str(other)))),
    }
}

/// Refuses what is not one of `allowed`; a list given for a string is checked item by item.
pub(super) fn allowed(given: &Value, converted: &Value, allowed: &[&str]) -> Result<(), Violation> {
    let permitted = |value: &Value| value.as_str().is_some_and(|text| allowed.contains(&text));
    let fine = match given {
        Value::Array(items) => items.iter().all(permitted),
        _ => permitted(converted),
    };
    if fine || allowed.is_empty() {
        return Ok(());
    }
    Err(Violation::new(format!(
        "'{}' must be one of the allowed values: {}",
        pyrepr::str(given),
        allowed.join(", ")
    )))
}

#[expect(clippy::cast_possible_truncation, reason = "a float beyond 64 bits becomes the nearest that fits")]
fn whole(given: &Number) -> Number {
    match given.as_f64() {
        Some(float) if given.is_f64() => Number::from(float as i64),
        _ => given.clone(),
    }
}
