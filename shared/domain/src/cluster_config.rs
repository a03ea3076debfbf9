//! What a cluster's `config` says, beside the format of its nodes' names (spec engine-cluster §3).

use crate::cluster::JsonMap;
use crate::pyrepr::{number, repr};
use serde_json::Value;

/// Whether nodes are stopped before they are deleted.
const STOP_FIRST: &str = "cluster.stop_node_before_delete";

/// How long, in whole seconds, an instance that must be off to be updated may take to shut down in order.
pub const STOP_TIMEOUT: &str = "cluster.stop_timeout_before_update";

/// Whether nodes are stopped before they are deleted.
#[must_use]
pub fn stops_first(config: &JsonMap) -> bool {
    config.get(STOP_FIRST).and_then(Value::as_bool).unwrap_or(false)
}

/// How many seconds an instance may take to shut down before it is updated; none if the cluster does not say,
/// or says null. A text counts as the number it spells, whenever it was given (CLU-14).
///
/// # Errors
/// When it is no number of seconds: why, in the reference's words where it has any.
pub fn stop_timeout(config: &JsonMap) -> Result<Option<u64>, String> {
    let Some(given) = config.get(STOP_TIMEOUT).filter(|given| !given.is_null()) else { return Ok(None) };
    let seconds = match given {
        Value::Bool(flag) => i64::from(*flag),
        Value::String(text) => {
            let spelled = number::int(text);
            spelled.ok_or_else(|| format!("invalid literal for int() with base 10: {}", repr(given)))?
        }
        // Beyond an i64 there are only spans that never end, and what is no number at all.
        Value::Number(number) => number.as_i64().ok_or_else(|| out_of_range(given))?,
        _ => {
            let kind = if given.is_array() { "list" } else { "dict" };
            return Err(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{kind}'"
            ));
        }
    };
    u64::try_from(seconds).map(Some).map_err(|_| out_of_range(given))
}

fn out_of_range(given: &Value) -> String {
    format!("{STOP_TIMEOUT} must be a whole number of seconds, not {given}")
}

/// The configuration as it is kept: the number that a text spells in its place.
///
/// # Errors
/// Those of [`stop_timeout`].
pub fn coerced(mut config: JsonMap) -> Result<JsonMap, String> {
    if let Some(seconds) = stop_timeout(&config)? {
        config.insert(STOP_TIMEOUT.to_owned(), seconds.into());
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(given: &Value) -> Result<Option<u64>, String> {
        stop_timeout(json!({ STOP_TIMEOUT: given }).as_object().unwrap())
    }

    #[test]
    fn nodes_are_stopped_first_only_where_it_is_said() {
        for (config, stops) in [
            (json!({}), false),
            (json!({ STOP_FIRST: true }), true),
            (json!({ STOP_FIRST: false }), false),
            (json!({ STOP_FIRST: "yes" }), false),
        ] {
            assert_eq!(stops_first(config.as_object().unwrap()), stops, "{config}");
        }
    }

    #[test]
    fn clu_14_a_stop_timeout_may_be_spelled_out() {
        for given in [json!(30), json!("30"), json!(" 30 "), json!("+30")] {
            assert_eq!(read(&given), Ok(Some(30)), "{given}");
            let config = json!({ STOP_TIMEOUT: given, "other": 1 }).as_object().cloned().unwrap();
            let kept = coerced(config).unwrap();
            assert_eq!(Value::from(kept), json!({ STOP_TIMEOUT: 30, "other": 1 }));
        }
        assert_eq!(read(&Value::Null), Ok(None));
        assert_eq!(stop_timeout(&JsonMap::new()), Ok(None));
        assert_eq!((read(&json!(0)), read(&json!(true))), (Ok(Some(0)), Ok(Some(1))));
    }

    #[test]
    fn what_is_no_number_of_seconds_is_named() {
        let literal = |text| Err(format!("invalid literal for int() with base 10: {text}"));
        assert_eq!(read(&json!("soon")), literal("'soon'"));
        assert_eq!(read(&json!("")), literal("''"));
        assert_eq!(read(&json!("1.5")), literal("'1.5'"));
        for (given, kind) in [(json!([1]), "list"), (json!({}), "dict")] {
            assert!(read(&given).unwrap_err().ends_with(&format!("not '{kind}'")), "{given}");
        }
        for given in [json!(-1), json!(1.5), json!("-3")] {
            let text = format!("{STOP_TIMEOUT} must be a whole number of seconds, not {given}");
            assert_eq!(read(&given), Err(text));
        }
    }
}
