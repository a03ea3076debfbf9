//! What counts as an integer among inputs that no schema has checked.

use serde_json::Value;

/// The integer that `value` is, or spells in its plainest form.
///
/// Webhooks and messages store their parameters unchecked, so a count may be `3` or `"3"`. Anything that
/// is not exactly how the integer would be printed (`2.5`, `"3.0"`, `"+3"`, `" 3"`, `true`) is not one,
/// as in the reference (spec engine-cluster §6). Integers too large for a count become the largest.
#[must_use]
pub fn int_like(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_u64().map(|_| i64::MAX)),
        Value::String(text) => text.parse().ok().filter(|int: &i64| int.to_string() == *text),
        _ => None,
    }
}

/// A value as the reference's messages spell it: strings bare, constants capitalised.
pub(crate) fn spelled(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_integer_is_one_in_its_plainest_form_only() {
        let yes = [(json!(3), 3), (json!("3"), 3), (json!(0), 0), (json!(-1), -1), (json!("-12"), -12)];
        for (value, int) in yes {
            assert_eq!(int_like(&value), Some(int), "{value}");
        }
        assert_eq!(int_like(&json!(u64::MAX)), Some(i64::MAX));
        let no = [
            json!(2.5),
            json!(2.0),
            json!("3.0"),
            json!("abc"),
            json!(""),
            json!("03"),
            json!("+3"),
            json!(" 3"),
            json!("-0"),
            json!(true),
            json!(null),
            json!([3]),
            json!({}),
        ];
        for value in no {
            assert_eq!(int_like(&value), None, "{value}");
        }
    }
}
