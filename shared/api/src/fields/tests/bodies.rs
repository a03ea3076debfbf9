use super::super::*;
use super::{any_json, map, message};
use crate::microversion::{MAX, Microversion};
use coppice_domain::fault::MALFORMED;
use proptest::prelude::*;
use serde_json::{Value, json};

const EVERY_KIND: &[Field] = &[
    Field::new("text", Kind::String),
    Field::new("text_or_null", Kind::String).nullable(),
    Field::new("name", Kind::Name),
    Field::new("name_or_null", Kind::Name).nullable(),
    Field::new("size", Kind::Capacity { min: 0 }).nullable(),
    Field::new("max", Kind::Capacity { min: -1 }).nullable(),
    Field::new("count", Kind::NonNegativeInt).nullable(),
    Field::new("timeout", Kind::NonNegativeInt),
    Field::new("number", Kind::Number).nullable(),
    Field::new("flag", Kind::Boolean),
    Field::new("flag_or_null", Kind::Boolean).nullable(),
    Field::new("map", Kind::JsonMap),
    Field::new("map_or_null", Kind::JsonMap).nullable(),
    Field::new("anything", Kind::Any),
    Field::new("choice", Kind::Enum(&["A", "B"])),
    Field::new("choice_or_null", Kind::Enum(&["A", "B"])).nullable(),
];

const CREATE: &[Field] = &[
    Field::new("name", Kind::Name).required(),
    Field::new("profile_id", Kind::String).required(),
    Field::new("min_size", Kind::Capacity { min: 0 }).nullable(),
    Field::new("max_size", Kind::Capacity { min: -1 }).nullable(),
    Field::new("metadata", Kind::JsonMap).nullable(),
    Field::new("profile_only", Kind::Boolean).nullable().since(Feature::ProfileOnly),
];

fn refused(fields: &[Field], body: Value) -> Option<String> {
    message(coerce(fields, &map(body), MAX))
}

#[test]
fn every_kind_refuses_with_the_text_of_the_reference() {
    let long = "a".repeat(256);
    let illegal = |name: &str| {
        format!(
            "The value for the 'name' ({name}) contains illegal characters. It must contain only \
             alphanumeric or \"_-.~\" characters and must start with letter."
        )
    };
    let words =
        "acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'";
    for (field, value, expected) in [
        ("text", json!(null), "Field `text' cannot be None"),
        ("text", json!([]), "A string is required in field text, not a list"),
        ("text", json!({}), "A string is required in field text, not a dict"),
        ("text", json!(1), "1 is not of type 'string'"),
        ("text", json!(true), "True is not of type 'string'"),
        ("text_or_null", json!(1.5), "1.5 is not of type 'string', 'null'"),
        ("name", json!(null), "Field `name' cannot be None"),
        ("name", json!(""), "The value for the name field must be at least 1 characters long."),
        ("name", json!({}), "The value for the name field must be at least 1 characters long."),
        ("name", json!(long), "The value for the name field must be less than 255 characters long."),
        ("name", json!("bad name!"), &illegal("bad name!")),
        ("name", json!("a\n\n"), &illegal("a\n\n")),
        ("name", json!("é"), &illegal("é")),
        ("name", json!("½"), &illegal("½")),
        ("name", json!(1), MALFORMED),
        ("name", json!(false), MALFORMED),
        ("name", json!(["a"]), MALFORMED),
        ("name", json!({"a": 1}), MALFORMED),
        ("size", json!("two"), "The value for size must be an integer: 'two'."),
        ("size", json!([1]), "The value for size must be an integer: '[1]'."),
        ("size", json!(-1), "The value for the size field must be greater than or equal to 0."),
        ("size", json!("-1"), "The value for the size field must be greater than or equal to 0."),
        ("max", json!(-2), "The value for the max field must be greater than or equal to -1."),
        ("size", json!(1001), "The value for the size field must be less than or equal to 1000."),
        ("size", json!(1e20), "The value for the size field must be less than or equal to 1000."),
        ("size", json!(1.0), "1.0 is not of type 'integer', 'string', 'null'"),
        ("size", json!(1.5), "1.5 is not of type 'integer', 'string', 'null'"),
        ("size", json!(true), "True is not of type 'integer', 'string', 'null'"),
        ("max", json!("-1"), "'-1' does not match '^[0-9]*$'"),
        ("size", json!(" 2 "), "' 2 ' does not match '^[0-9]*$'"),
        ("count", json!("a"), "The value for count must be an integer: 'a'."),
        ("count", json!("1.5"), "The value for count must be an integer: '1.5'."),
        ("count", json!(-1), "Value must be >= 0 for field 'count'."),
        ("count", json!("-1"), "Value must be >= 0 for field 'count'."),
        ("count", json!(1.5), "1.5 is not of type 'integer', 'string', 'null'"),
        ("timeout", json!(false), "False is not of type 'integer', 'string'"),
        ("timeout", json!(null), "Field `timeout' cannot be None"),
        ("number", json!("two"), "could not convert string to float: 'two'"),
        ("number", json!("2"), "'2' is not of type 'number', 'null'"),
        ("number", json!("nan"), "'nan' is not of type 'number', 'null'"),
        ("number", json!(true), "True is not of type 'number', 'null'"),
        ("number", json!([1]), MALFORMED),
        ("flag", json!(null), "Field `flag' cannot be None"),
        ("flag", json!("yes"), "'yes' is not of type 'boolean'"),
        ("flag_or_null", json!(1), "1 is not of type 'boolean', 'null'"),
        ("flag", json!("maybe"), &format!("Unrecognized value 'maybe', {words}")),
        ("flag", json!([true]), &format!("Unrecognized value '[True]', {words}")),
        ("flag_or_null", json!(2), &format!("Unrecognized value '2', {words}")),
        ("map", json!(null), "Field `map' cannot be None"),
        ("map", json!("{a}"), "The value ({a}) is not a valid JSON."),
        ("map", json!("{\"a\": 1}"), "'{\"a\": 1}' is not of type 'object'"),
        ("map", json!([1, "a"]), "[1, 'a'] is not of type 'object'"),
        ("map_or_null", json!(3), "3 is not of type 'object', 'null'"),
        ("map_or_null", json!(false), "False is not of type 'object', 'null'"),
        ("choice", json!("C"), "Value 'C' is not acceptable for field 'choice'."),
        ("choice", json!("a"), "Value 'a' is not acceptable for field 'choice'."),
        ("choice", json!(5), "Value '5' is not acceptable for field 'choice'."),
        ("choice", json!(null), "Field `choice' cannot be None"),
        ("choice_or_null", json!(null), "None is not one of ['A', 'B']"),
    ] {
        assert_eq!(
            refused(EVERY_KIND, json!({ field: value })).as_deref(),
            Some(expected),
            "{field} {value}"
        );
    }
}

#[test]
fn what_every_kind_takes_comes_back_typed() {
    let names = ["1abc", "-", "a.b_c~d", "中", "٣", "a\n", &"a".repeat(255)];
    for name in names {
        let body = map(json!({ "name": name }));
        assert_eq!(coerce(EVERY_KIND, &body, MAX).unwrap().text("name"), Given::Value(name));
    }
    for (value, expected) in
        [(json!(0), 0), (json!(1000), 1000), (json!("007"), 7), (json!("2\n"), 2), (json!("+2"), -1)]
    {
        let body = map(json!({ "size": value }));
        match coerce(EVERY_KIND, &body, MAX) {
            Ok(taken) => assert_eq!(taken.integer("size"), Given::Value(expected)),
            Err(fault) => assert_eq!(fault.message, "'+2' does not match '^[0-9]*$'"),
        }
    }
    for (value, expected) in [
        (json!(" 1_0 "), 10),
        (json!("+3"), 3),
        (json!(u64::MAX), i64::MAX),
        (json!("9".repeat(30)), i64::MAX),
    ] {
        let body = map(json!({ "count": value }));
        assert_eq!(coerce(EVERY_KIND, &body, MAX).unwrap().integer("count"), Given::Value(expected));
    }
    let body = map(json!({"text": "", "max": -1, "number": -1.5, "flag": true, "map": {"a": [1]},
        "choice": "A", "name_or_null": null}));
    let taken = coerce(EVERY_KIND, &body, MAX).unwrap();
    assert_eq!(taken.text("text"), Given::Value(""));
    assert_eq!(taken.text("choice"), Given::Value("A"));
    assert_eq!(taken.integer("max"), Given::Value(-1));
    assert_eq!(taken.number("number"), Given::Value(-1.5));
    assert_eq!(taken.boolean("flag"), Given::Value(true));
    assert_eq!(taken.map("map"), Given::Value(&map(json!({"a": [1]}))));
    assert_eq!(taken.text("name_or_null"), Given::Null);
    assert_eq!(taken.text("name"), Given::Absent);
    assert!(taken.has("name_or_null") && !taken.has("name") && !taken.is_empty());
    assert_eq!(taken.text("name_or_null").given(), Some(None));
    assert_eq!(taken.text("name").given(), None);
    assert_eq!(taken.text("choice").map(str::len).value(), Some(1));
}

#[test]
fn one_error_is_reported_in_the_order_of_the_reference() {
    for (body, expected) in [
        (
            json!({"min_size": -1, "foo": 1}),
            Some("The value for the min_size field must be greater than or equal to 0."),
        ),
        (json!({"name": "x", "foo": 1}), Some("'profile_id' is a required property")),
        (json!({}), Some("'name' is a required property")),
        (
            json!({"name": "x", "profile_id": 1, "foo": 1}),
            Some("Additional properties are not allowed ('foo' was unexpected)"),
        ),
        (
            json!({"name": "x", "profile_id": "p", "foo": 1, "bar": 2}),
            Some("Additional properties are not allowed ('bar', 'foo' were unexpected)"),
        ),
        (
            json!({"name": "x", "profile_id": "p", "it's": 1}),
            Some("Additional properties are not allowed (\"it's\" was unexpected)"),
        ),
        (json!({"name": "x", "profile_id": 1, "metadata": 2}), Some("1 is not of type 'string'")),
        (
            json!({"metadata": "x", "name": "", "profile_id": []}),
            Some("The value for the name field must be at least 1 characters long."),
        ),
        (json!({"name": "x", "profile_id": "p", "metadata": null}), None),
    ] {
        assert_eq!(refused(CREATE, body.clone()).as_deref(), expected, "{body}");
    }
}

#[test]
fn a_field_newer_than_the_request_is_checked_and_then_discarded() {
    let older = Microversion { major: 1, minor: 5 };
    let newer = Microversion { major: 1, minor: 6 };
    let fields = &[CREATE[5]];
    let body = map(json!({"profile_only": true}));
    assert!(coerce(fields, &body, older).unwrap().is_empty());
    assert_eq!(coerce(fields, &body, newer).unwrap().boolean("profile_only"), Given::Value(true));
    let wrong = map(json!({"profile_only": "on"}));
    assert_eq!(
        message(coerce(fields, &wrong, older)).as_deref(),
        Some("'on' is not of type 'boolean', 'null'")
    );
}

#[test]
fn the_rules_set_the_largest_size_and_whether_unknown_keys_matter() {
    let rules = Rules { max_nodes_per_cluster: 5000, unknown: Unknown::Ignored };
    let body = map(json!({"size": 5000, "foo": 1}));
    let taken = coerce_with(EVERY_KIND, &body, MAX, rules).unwrap();
    assert_eq!(taken.integer("size"), Given::Value(5000));
    assert_eq!(
        message(coerce_with(EVERY_KIND, &map(json!({"size": 5001})), MAX, rules)).as_deref(),
        Some("The value for the size field must be less than or equal to 5000.")
    );
}

proptest! {
    #[test]
    fn any_value_is_taken_or_refused_and_a_taken_one_is_readable(index in 0..EVERY_KIND.len(), value in any_json()) {
        let field = EVERY_KIND[index];
        let null = value.is_null();
        if let Ok(taken) = coerce(&[field], &map(json!({ field.name: value })), MAX) {
            let readable = match field.kind {
                Kind::String | Kind::Name | Kind::Enum(_) => taken.text(field.name).value().is_some(),
                Kind::Capacity { .. } | Kind::NonNegativeInt => taken.integer(field.name).value().is_some(),
                Kind::Number => taken.number(field.name).value().is_some(),
                Kind::Boolean => taken.boolean(field.name).value().is_some(),
                Kind::JsonMap | Kind::ReplaceMap => taken.map(field.name).value().is_some(),
                Kind::Any => !null,
                Kind::IdentityList => taken.identities(field.name).value().is_some(),
            };
            prop_assert!(readable != null);
        }
    }
}
