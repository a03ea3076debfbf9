//! The action `resize` (spec api-resources I4).

use super::{accept, given};
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, Rules, Unknown, coerce_with};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::resize::{AdjustmentType, ResizeRequest, check_resize_request};
use coppice_engine::Env;
use coppice_support::cluster_view;
use serde_json::{Value, json};

const TYPES: &[&str] = &[
    AdjustmentType::ExactCapacity.name(),
    AdjustmentType::ChangeInCapacity.name(),
    AdjustmentType::ChangeInPercentage.name(),
];

/// What it can be told.
pub(super) const FIELDS: &[Field] = &[
    Field::new("adjustment_type", Kind::Enum(TYPES)).nullable(),
    Field::new("number", Kind::Number).nullable(),
    Field::new("min_size", Kind::Capacity { min: 0 }).nullable(),
    Field::new("max_size", Kind::Capacity { min: -1 }).nullable(),
    Field::new("min_step", Kind::NonNegativeInt).nullable(),
    Field::new("strict", Kind::Boolean).nullable(),
];

/// Starts a resize.
pub(super) async fn resize(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
) -> Result<Response, Failure> {
    let most = env.settings.max_nodes_per_cluster;
    let inputs = inputs(data, call, most)?;
    let request = ResizeRequest::from_inputs(&inputs).map_err(Fault::bad_request)?;
    let view = cluster_view(&env.store, &call.caller, reference).await?;
    let count = i64::try_from(view.members.len()).unwrap_or(i64::MAX);
    check_resize_request(&view.cluster.sizes, count, &request, most).map_err(Fault::bad_request)?;
    accept(env, call, &view.cluster, ActionKind::ClusterResize, inputs).await
}

/// What the action is told: all six values, null where absent. Checked before the cluster is looked for.
fn inputs(data: &JsonMap, call: &Call, max_nodes_per_cluster: i64) -> Result<JsonMap, Fault> {
    let mut data = given(data, &["adjustment_type", "number", "min_size", "max_size", "min_step", "strict"]);
    if data.get("adjustment_type") != Some(&json!(AdjustmentType::ChangeInPercentage.name())) {
        data.remove("min_step");
    }
    if data.keys().all(|key| key == "strict") {
        return Err(Fault::http("Not enough parameters to do resize action."));
    }
    let rules = Rules { max_nodes_per_cluster, unknown: Unknown::Ignored };
    let asked = coerce_with(FIELDS, &data, call.microversion, rules)?;
    consistent(&asked)?;
    let integer = |name| asked.integer(name).value();
    Ok(JsonMap::from_iter([
        ("adjustment_type".to_owned(), json!(asked.text("adjustment_type").value())),
        ("number".to_owned(), number(&asked)),
        ("min_size".to_owned(), json!(integer("min_size"))),
        ("max_size".to_owned(), json!(integer("max_size"))),
        ("min_step".to_owned(), json!(integer("min_step"))),
        ("strict".to_owned(), json!(asked.boolean("strict").value().unwrap_or(true))),
    ]))
}

/// What can be seen to be wrong without knowing the cluster.
fn consistent(asked: &Coerced) -> Result<(), Fault> {
    let adjustment = asked.text("adjustment_type").value();
    match (adjustment, asked.number("number").value()) {
        (Some(_), None) => {
            return Err(Fault::http("Missing number value for size adjustment."));
        }
        (None, Some(_)) => {
            return Err(Fault::http("Missing adjustment_type value for size adjustment."));
        }
        _ => {}
    }
    if let (Some(min), Some(max)) = (asked.integer("min_size").value(), asked.integer("max_size").value())
        && max > 0
        && min > max
    {
        return Err(Fault::http(format!(
            "The specified min_size ({min}) is greater than the specified max_size ({max})."
        )));
    }
    let exact = adjustment == Some(AdjustmentType::ExactCapacity.name());
    if exact && number(asked).as_i64().is_some_and(|number| number < 0) {
        return Err(Fault::bad_request(
            "The 'number' must be non-negative integer for adjustment type 'EXACT_CAPACITY'.",
        ));
    }
    Ok(())
}

/// The number as the action keeps it: a percentage as a float, a count of nodes without its fraction.
#[expect(clippy::cast_possible_truncation, reason = "towards zero, or to the nearest that fits")]
fn number(asked: &Coerced) -> Value {
    let percentage = asked.text("adjustment_type").value() == Some(AdjustmentType::ChangeInPercentage.name());
    match asked.number("number").value() {
        None => Value::Null,
        Some(number) if percentage => json!(number),
        Some(number) => json!(number as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;
    use coppice_api::microversion::MIN;

    fn read(data: &Value) -> Result<Value, String> {
        inputs(data.as_object().unwrap(), &call(&[], None, MIN), 1000)
            .map(Value::from)
            .map_err(|fault| fault.message)
    }

    fn refused(data: &Value, text: &str) {
        assert_eq!(read(data), Err(text.to_owned()), "{data}");
    }

    #[test]
    fn the_action_is_told_all_six_values() {
        for (data, adjustment, number) in [
            (json!({"adjustment_type": "EXACT_CAPACITY", "number": 4}), "EXACT_CAPACITY", json!(4)),
            (json!({"adjustment_type": "EXACT_CAPACITY", "number": -0.5}), "EXACT_CAPACITY", json!(0)),
            (json!({"adjustment_type": "CHANGE_IN_CAPACITY", "number": 3.7}), "CHANGE_IN_CAPACITY", json!(3)),
            (
                json!({"adjustment_type": "CHANGE_IN_CAPACITY", "number": -1.5}),
                "CHANGE_IN_CAPACITY",
                json!(-1),
            ),
            (
                json!({"adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 50}),
                "CHANGE_IN_PERCENTAGE",
                json!(50.0),
            ),
        ] {
            let expected = json!({
                "adjustment_type": adjustment, "number": number, "min_size": null, "max_size": null,
                "min_step": null, "strict": true
            });
            assert_eq!(read(&data), Ok(expected), "{data}");
        }
        let limits = json!({"min_size": "1", "max_size": -1, "min_step": "x", "strict": false, "other": 1});
        let expected = json!({
            "adjustment_type": null, "number": null, "min_size": 1, "max_size": -1, "min_step": null,
            "strict": false
        });
        assert_eq!(read(&limits), Ok(expected));
    }

    #[test]
    fn a_resize_needs_something_to_do() {
        let nothing = "Not enough parameters to do resize action.";
        refused(&json!({}), nothing);
        refused(&json!({"strict": true}), nothing);
        refused(&json!({"min_step": 2}), nothing);
        refused(&json!({"number": null, "min_size": null, "foo": 1}), nothing);
    }

    #[test]
    fn the_first_thing_wrong_is_reported() {
        let kind = json!("EXACT_CAPACITY");
        refused(
            &json!({"adjustment_type": "TRIPLE", "number": 4}),
            "Value 'TRIPLE' is not acceptable for field 'adjustment_type'.",
        );
        refused(&json!({"adjustment_type": kind}), "Missing number value for size adjustment.");
        refused(&json!({"number": 1}), "Missing adjustment_type value for size adjustment.");
        refused(
            &json!({"min_size": 4, "max_size": 3}),
            "The specified min_size (4) is greater than the specified max_size (3).",
        );
        refused(
            &json!({"adjustment_type": kind, "number": -1}),
            "The 'number' must be non-negative integer for adjustment type 'EXACT_CAPACITY'.",
        );
        refused(
            &json!({"adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 1, "min_step": "x"}),
            "The value for min_step must be an integer: 'x'.",
        );
        refused(&json!({"adjustment_type": kind, "number": "4"}), "'4' is not of type 'number', 'null'");
    }
}
