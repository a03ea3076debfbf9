//! A resize request, read back from the action that stores it.

use super::calculate::{AdjustmentType, calculate_desired};
use super::int_like::{int_like, spelled};
use crate::cluster::JsonMap;
use serde_json::Value;

/// What a resize asks for (spec api-resources §I4).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResizeRequest {
    /// How `number` is to be read; none when only limits change.
    pub adjustment_type: Option<AdjustmentType>,
    /// The adjustment, in nodes or per cent; given exactly when `adjustment_type` is.
    pub number: Option<f64>,
    /// The new fewest nodes; none to keep the cluster's.
    pub min_size: Option<i64>,
    /// The new most nodes, −1 for no limit; none to keep the cluster's.
    pub max_size: Option<i64>,
    /// The fewest nodes a percentage changes.
    pub min_step: Option<i64>,
    /// Whether a target outside the limits is an error; otherwise it is moved inside them.
    pub strict: bool,
}

impl ResizeRequest {
    /// Reads a resize action's inputs, where null means absent (spec api-resources §B).
    ///
    /// The API stores checked values and always `strict`. Webhooks and messages store what they were
    /// given: then `strict` may be missing and means false (spec engine-cluster §7), and numbers may be
    /// spelled as strings. `min_step` is looked at for percentages only, as at the API.
    ///
    /// # Errors
    /// What is wrong with the first unusable input, in the words of the API's own checks.
    pub fn from_inputs(inputs: &JsonMap) -> Result<Self, String> {
        let given = |key: &str| inputs.get(key).filter(|value| !value.is_null());
        let adjustment_type = given("adjustment_type").map(parse_adjustment_type).transpose()?;
        let number = given("number").map(parse_number).transpose()?;
        let size = |key, least| given(key).map(|value| parse_size(key, value, least)).transpose();
        let min_size = size("min_size", 0)?;
        let max_size = size("max_size", -1)?;
        let min_step = match adjustment_type {
            Some(AdjustmentType::ChangeInPercentage) => size("min_step", 0)?,
            _ => None,
        };
        let strict = given("strict").map_or(Ok(false), parse_strict)?;
        match (adjustment_type, number) {
            (Some(_), None) => Err("Missing number value for size adjustment.".to_owned()),
            (None, Some(_)) => Err("Missing adjustment_type value for size adjustment.".to_owned()),
            _ => Ok(Self { adjustment_type, number, min_size, max_size, min_step, strict }),
        }
    }

    /// The target this request names for a cluster of `current` nodes; none when it changes only limits.
    pub(super) fn target(&self, current: i64) -> Option<i64> {
        let (kind, number) = self.adjustment_type.zip(self.number)?;
        Some(calculate_desired(current, kind, number, self.min_step))
    }
}

fn parse_adjustment_type(value: &Value) -> Result<AdjustmentType, String> {
    spelled(value).parse().map_err(|error: super::UnknownAdjustmentType| error.to_string())
}

fn parse_number(value: &Value) -> Result<f64, String> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
    .ok_or_else(|| format!("The value for number must be a number: '{}'.", spelled(value)))
}

fn parse_size(key: &str, value: &Value, least: i64) -> Result<i64, String> {
    match int_like(value) {
        None => Err(format!("The value for {key} must be an integer: '{}'.", spelled(value))),
        Some(size) if size < least => {
            Err(format!("The value for the {key} field must be greater than or equal to {least}."))
        }
        Some(size) => Ok(size),
    }
}

fn parse_strict(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(strict) => Some(*strict),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
    .ok_or_else(|| format!("Invalid value '{}' specified for 'strict'", spelled(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(inputs: &Value) -> Result<ResizeRequest, String> {
        ResizeRequest::from_inputs(inputs.as_object().unwrap())
    }

    #[test]
    fn the_six_inputs_the_api_stores_are_read_back() {
        let inputs = json!({
            "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 50.0, "min_size": 1, "max_size": -1,
            "min_step": 2, "strict": true,
        });
        let expected = ResizeRequest {
            adjustment_type: Some(AdjustmentType::ChangeInPercentage),
            number: Some(50.0),
            min_size: Some(1),
            max_size: Some(-1),
            min_step: Some(2),
            strict: true,
        };
        assert_eq!(read(&inputs), Ok(expected));
        let absent = json!({
            "adjustment_type": null, "number": null, "min_size": null, "max_size": null,
            "min_step": null, "strict": true,
        });
        assert_eq!(read(&absent), Ok(ResizeRequest { strict: true, ..ResizeRequest::default() }));
    }

    #[test]
    fn without_strict_a_request_is_best_effort() {
        assert_eq!(read(&json!({})), Ok(ResizeRequest::default()));
        assert!(!read(&json!({"strict": null})).unwrap().strict);
    }

    #[test]
    fn webhooks_may_spell_values_as_strings() {
        let inputs = json!({
            "adjustment_type": "EXACT_CAPACITY", "number": "4", "min_size": "1", "strict": "True",
        });
        let request = read(&inputs).unwrap();
        assert_eq!((request.number, request.min_size, request.strict), (Some(4.0), Some(1), true));
    }

    #[test]
    fn min_step_is_looked_at_for_percentages_only() {
        let with = |kind: &str| json!({"adjustment_type": kind, "number": 4, "min_step": "x"});
        assert_eq!(read(&with("EXACT_CAPACITY")).unwrap().min_step, None);
        let refusal = "The value for min_step must be an integer: 'x'.";
        assert_eq!(read(&with("CHANGE_IN_PERCENTAGE")), Err(refusal.to_owned()));
    }

    #[test]
    fn unusable_inputs_are_refused_with_the_reason() {
        let rows = [
            (
                json!({"adjustment_type": "TRIPLE", "number": 4}),
                "Value 'TRIPLE' is not acceptable for field 'adjustment_type'.",
            ),
            (
                json!({"adjustment_type": true, "number": 4}),
                "Value 'True' is not acceptable for field 'adjustment_type'.",
            ),
            (json!({"adjustment_type": "EXACT_CAPACITY"}), "Missing number value for size adjustment."),
            (json!({"number": 4}), "Missing adjustment_type value for size adjustment."),
            (json!({"number": "four"}), "The value for number must be a number: 'four'."),
            (json!({"number": "inf"}), "The value for number must be a number: 'inf'."),
            (json!({"number": [4]}), "The value for number must be a number: '[4]'."),
            (json!({"min_size": 2.5}), "The value for min_size must be an integer: '2.5'."),
            (json!({"min_size": -1}), "The value for the min_size field must be greater than or equal to 0."),
            (
                json!({"max_size": -2}),
                "The value for the max_size field must be greater than or equal to -1.",
            ),
            (json!({"strict": "perhaps"}), "Invalid value 'perhaps' specified for 'strict'"),
            (json!({"strict": 1}), "Invalid value '1' specified for 'strict'"),
        ];
        for (inputs, text) in rows {
            assert_eq!(read(&inputs), Err(text.to_owned()), "{inputs}");
        }
    }
}
