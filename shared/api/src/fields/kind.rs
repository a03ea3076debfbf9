//! The kinds of fields: what converts, what has the right JSON type, and the texts of the refusals
//! (spec api-common §12).

use super::{Field, Kind, Rules, identities, name};
use crate::pyjson;
use coppice_domain::fault::Fault;
use coppice_domain::pyrepr::{self, number};
use serde_json::{Number, Value};

const BOOLEAN_WORDS: [&str; 12] = ["0", "1", "f", "false", "n", "no", "off", "on", "t", "true", "y", "yes"];

/// The first check of a field: whether its value converts. Absent fields pass, except lists and maps of
/// identities, which the reference reads as empty.
pub(super) fn convert(field: &Field, given: Option<&Value>, rules: Rules) -> Result<(), Fault> {
    match field.kind {
        Kind::IdentityList => return identities::convert_list(field.name, given),
        Kind::ReplaceMap => return identities::convert_map(field.name, given),
        _ => {}
    }
    let value = match given {
        None => return Ok(()),
        Some(Value::Null) if field.nullable || field.kind == Kind::Any => return Ok(()),
        Some(Value::Null) => return Err(not_none(field.name)),
        Some(value) => value,
    };
    let text = || pyrepr::str(value);
    match field.kind {
        Kind::String => string(field.name, value),
        Kind::Name => name::convert(field.name, value),
        Kind::Capacity { min } => capacity(field.name, value, min, rules.max_nodes_per_cluster),
        Kind::NonNegativeInt => non_negative(field.name, value).map(|_| ()),
        Kind::Number => match value {
            Value::Array(_) | Value::Object(_) => Err(Fault::malformed()),
            Value::String(text) if number::float(text).is_none() => {
                Err(Fault::http(format!("could not convert string to float: {}", pyrepr::repr_str(text))))
            }
            _ => Ok(()),
        },
        Kind::Boolean => {
            let word = text().trim_matches(number::is_space).to_lowercase();
            if value.is_boolean() || BOOLEAN_WORDS.contains(&word.as_str()) {
                return Ok(());
            }
            let words = BOOLEAN_WORDS.map(pyrepr::repr_str).join(", ");
            Err(Fault::http(format!("Unrecognized value '{}', acceptable values are: {words}", text())))
        }
        Kind::JsonMap => match value {
            Value::String(given) if pyjson::parse(given.as_bytes()).is_err() => {
                Err(Fault::http(format!("The value ({given}) is not a valid JSON.")))
            }
            _ => Ok(()),
        },
        Kind::Enum(values) => {
            if value.as_str().is_some_and(|given| values.contains(&given)) {
                return Ok(());
            }
            Err(Fault::http(format!("Value '{}' is not acceptable for field '{}'.", text(), field.name)))
        }
        Kind::Any | Kind::IdentityList | Kind::ReplaceMap => Ok(()),
    }
}

/// The second check of a field: whether its value has a permitted JSON type.
pub(super) fn shape(field: &Field, value: &Value) -> Result<(), Fault> {
    if value.is_null() {
        return match field.kind {
            Kind::Enum(values) => {
                Err(Fault::http(format!("None is not one of {}", pyrepr::repr_list(values))))
            }
            _ => Ok(()),
        };
    }
    let (fits, types): (bool, &[&str]) = match field.kind {
        Kind::String | Kind::Name => (value.is_string(), &["string"]),
        Kind::Capacity { .. } | Kind::NonNegativeInt => {
            (value.is_i64() || value.is_u64() || value.is_string(), &["integer", "string"])
        }
        Kind::Number => (value.is_number(), &["number"]),
        Kind::Boolean => (value.is_boolean(), &["boolean"]),
        Kind::JsonMap => (value.is_object(), &["object"]),
        Kind::IdentityList => (value.is_array(), &["array"]),
        Kind::Any | Kind::Enum(_) | Kind::ReplaceMap => (true, &[]),
    };
    if !fits {
        return Err(wrong_type(value, types, field.nullable));
    }
    match (field.kind, value) {
        (Kind::Capacity { .. }, Value::String(text)) if !is_digits(text) => {
            Err(Fault::http(format!("{} does not match '^[0-9]*$'", pyrepr::repr_str(text))))
        }
        _ => Ok(()),
    }
}

/// The last check of a field: the items of a list, the values of a map.
pub(super) fn elements(field: &Field, value: &Value) -> Result<(), Fault> {
    match field.kind {
        Kind::IdentityList | Kind::ReplaceMap => identities::elements(value),
        _ => Ok(()),
    }
}

/// A value that passed every check, in the form its getter expects: sizes and counts as numbers.
pub(super) fn normalised(field: &Field, value: &Value) -> Value {
    match field.kind {
        Kind::Capacity { .. } | Kind::NonNegativeInt => integer(value).map_or(Value::Null, Value::from),
        _ => value.clone(),
    }
}

/// A count as the reference converts it, for fields and query parameters alike.
///
/// # Errors
/// `HTTPBadRequest` if it does not convert or is negative.
pub(super) fn non_negative(name: &str, value: &Value) -> Result<i64, Fault> {
    match integer(value) {
        None => Err(not_an_integer(name, value)),
        Some(count) if count < 0 => Err(Fault::http(format!("Value must be >= 0 for field '{name}'."))),
        Some(count) => Ok(count),
    }
}

/// The text for null where there must be a value.
pub(super) fn not_none(name: &str) -> Fault {
    Fault::http(format!("Field `{name}' cannot be None"))
}

/// The text for a list or an object where there must be a string; other values pass this check.
pub(super) fn string(name: &str, value: &Value) -> Result<(), Fault> {
    let found = match value {
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
        _ => return Ok(()),
    };
    Err(Fault::http(format!("A string is required in field {name}, not a {found}")))
}

/// `1.5 is not of type 'integer', 'string', 'null'`.
pub(super) fn wrong_type(value: &Value, types: &[&str], nullable: bool) -> Fault {
    let null = nullable.then_some("null");
    let types: Vec<String> = types.iter().copied().chain(null).map(pyrepr::repr_str).collect();
    Fault::http(format!("{} is not of type {}", pyrepr::repr(value), types.join(", ")))
}

fn capacity(name: &str, value: &Value, min: i64, max: i64) -> Result<(), Fault> {
    let bound = match integer(value) {
        None => return Err(not_an_integer(name, value)),
        Some(size) if size < min => format!("greater than or equal to {min}"),
        Some(size) if size > max => format!("less than or equal to {max}"),
        Some(_) => return Ok(()),
    };
    Err(Fault::http(format!("The value for the {name} field must be {bound}.")))
}

fn not_an_integer(name: &str, value: &Value) -> Fault {
    Fault::http(format!("The value for {name} must be an integer: '{}'.", pyrepr::str(value)))
}

/// Python's `int()`: numbers beyond 64 bits become the nearest that fits.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::Number(given) => whole(given),
        Value::String(text) => number::int(text),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "cut towards zero, or to the nearest that fits")]
fn whole(given: &Number) -> Option<i64> {
    given.as_i64().or_else(|| given.as_f64().map(|float| float as i64))
}

/// `^[0-9]*$`, whose `$` lets one newline pass.
fn is_digits(text: &str) -> bool {
    text.strip_suffix('\n').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit())
}
