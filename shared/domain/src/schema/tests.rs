use super::operation::Operation;
use super::spec::{POLICY_ENVELOPE, PROFILE_ENVELOPE, type_key};
use super::*;
use crate::cluster::JsonMap;
use crate::fault::FaultKind;
use proptest::prelude::*;
use serde_json::json;

const INNER: Schema = Schema(&[
    Property::string("must", "").required(),
    Property::integer("count", "How many.").or(Fallback::Integer(3)).updatable(),
]);
const ITEM: Property = Property::map("*", INNER, "One of them.");
const TEXT: Property = Property::string("*", "").required();
const ALL_KINDS: Schema = Schema(&[
    Property::string("text", "A text.").updatable(),
    Property::integer("whole", ""),
    Property::number("number", ""),
    Property::boolean("flag", "").or(Fallback::Boolean(false)),
    Property::free_map("free", "").or(Fallback::EmptyMap),
    Property::map("map", INNER, "").or(Fallback::EmptyMap),
    Property::list("maps", &ITEM, "Several."),
    Property::list("texts", &TEXT, ""),
    Property::string("choice", "").or(Fallback::Text("A")).one_of(&["A", "B"]),
]);

fn map(value: Value) -> JsonMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn verdict(key: &str, value: &Value) -> Result<Value, String> {
    let given = map(json!({ key: value }));
    ALL_KINDS.resolve(&given).map(|mut all| all.remove(key).unwrap()).map_err(|each| each.text)
}

#[test]
fn values_that_convert_are_accepted_as_what_they_convert_to() {
    for (key, given, expected) in [
        ("text", json!("a"), json!("a")),
        ("text", json!(1), json!("1")),
        ("text", json!(1.0), json!("1.0")),
        ("text", json!(true), json!("True")),
        ("text", json!(["a"]), json!("['a']")),
        ("text", json!({"a": null}), json!("{'a': None}")),
        ("whole", json!(5), json!(5)),
        ("whole", json!(true), json!(1)),
        ("whole", json!(null), json!(null)),
        ("whole", json!(-3.7), json!(-3)),
        ("whole", json!(1e300), json!(i64::MAX)),
        ("whole", json!(" 1_0 "), json!(10)),
        ("number", json!(1.5), json!(1.5)),
        ("number", json!(false), json!(0)),
        ("number", json!("7"), json!(7)),
        ("number", json!("1e3"), json!(1000.0)),
        ("flag", json!(true), json!(true)),
        ("flag", json!(" YES "), json!(true)),
        ("flag", json!("t"), json!(true)),
        ("flag", json!("on"), json!(true)),
        ("flag", json!(0), json!(false)),
        ("flag", json!("Off"), json!(false)),
        ("free", json!({"any": [1]}), json!({"any": [1]})),
        ("map", json!({"must": 1}), json!({"must": "1", "count": 3})),
        ("maps", json!([]), json!([])),
        ("maps", json!([{"must": "a", "count": "4"}]), json!([{"must": "a", "count": 4}])),
        ("texts", json!("xy"), json!(["x", "y"])),
        ("choice", json!("B"), json!("B")),
        ("choice", json!(["A", "B"]), json!("['A', 'B']")),
    ] {
        assert_eq!(verdict(key, &given), Ok(expected), "{key} {given}");
    }
}

#[test]
fn values_that_do_not_convert_are_refused_with_the_text_of_the_reference() {
    for (key, given, expected) in [
        ("text", json!(null), "The value 'None' is not a valid string."),
        ("whole", json!("a"), "The value 'a' is not a valid Integer"),
        ("whole", json!("1.5"), "The value '1.5' is not a valid Integer"),
        ("whole", json!([1]), "The value '[1]' is not a valid Integer"),
        ("number", json!("a"), "The value 'a' is not a valid number."),
        ("number", json!("nan"), "The value 'nan' is not a valid number."),
        ("number", json!(null), "The value 'None' is not a valid number."),
        ("flag", json!(null), "The value 'None' is not a valid Boolean"),
        ("flag", json!("maybe"), "The value 'maybe' is not a valid Boolean"),
        ("flag", json!(1.0), "The value '1.0' is not a valid Boolean"),
        ("flag", json!({"a": true}), "The value '{'a': True}' is not a valid Boolean"),
        ("free", json!([]), "'[]' is not a Map"),
        ("free", json!(null), "'None' is not a Map"),
        ("free", json!("{}"), "'{}' is not a Map"),
        ("map", json!({}), "Required spec item 'must' not provided"),
        ("map", json!({"must": null, "x": 1}), "The value 'None' is not a valid string."),
        ("map", json!({"must": "a", "x": 1}), "Unrecognizable spec item 'x'"),
        ("maps", json!(null), "'None' is not a List"),
        ("maps", json!({"a": 1}), "'{'a': 1}' is not a List"),
        ("maps", json!(3), "'3' is not a List"),
        ("maps", json!("abc"), "'a' is not a Map"),
        ("maps", json!([{"must": "a"}, 1]), "'1' is not a Map"),
        ("texts", json!(["a", null]), "The value 'None' is not a valid string."),
        ("choice", json!("C"), "'C' must be one of the allowed values: A, B"),
        ("choice", json!("a"), "'a' must be one of the allowed values: A, B"),
        ("choice", json!(["A", "C"]), "'['A', 'C']' must be one of the allowed values: A, B"),
    ] {
        assert_eq!(verdict(key, &given), Err(expected.to_owned()), "{key} {given}");
    }
}

#[test]
fn only_a_value_of_the_wrong_type_is_marked_as_such() {
    for (key, given, wrong_type) in [
        ("whole", json!([]), true),
        ("whole", json!("a"), false),
        ("number", json!(null), true),
        ("number", json!("a"), false),
        ("maps", json!(null), false),
    ] {
        let violation = ALL_KINDS.validate(&map(json!({ key: given }))).unwrap_err();
        assert_eq!(violation.wrong_type, wrong_type, "{key} {given}");
    }
}

#[test]
fn omitted_properties_become_their_default_or_null_and_inner_defaults_wait_for_the_map() {
    assert_eq!(
        Value::Object(ALL_KINDS.resolve(&JsonMap::new()).unwrap()),
        json!({"text": null, "whole": null, "number": null, "flag": false, "free": {}, "map": {},
               "maps": null, "texts": null, "choice": "A"})
    );
}

#[test]
fn properties_are_checked_in_order_and_unknown_keys_last() {
    let refused = |given| ALL_KINDS.validate(&map(given)).unwrap_err().text;
    assert_eq!(refused(json!({"whole": "a", "number": "b"})), "The value 'a' is not a valid Integer");
    assert_eq!(refused(json!({"whole": "a", "aaa": 1})), "The value 'a' is not a valid Integer");
    assert_eq!(refused(json!({"zzz": 1, "aaa": 1})), "Unrecognizable spec item 'aaa'");
}

#[test]
fn inside_a_property_values_are_checked_before_missing_and_unknown_keys_unless_they_are_empty() {
    for (key, given, expected) in [
        ("map", json!({"count": "a"}), "The value 'a' is not a valid Integer"),
        ("map", json!({"count": ""}), "Required spec item 'must' not provided"),
        ("map", json!({"must": "a", "count": "", "x": 1}), "The value '' is not a valid Integer"),
        ("maps", json!([{}, {"count": "a"}]), "The value 'a' is not a valid Integer"),
        ("maps", json!([{"x": 1}, {"must": "a", "count": "a"}]), "The value 'a' is not a valid Integer"),
        ("maps", json!([{}, 1]), "'1' is not a Map"),
        ("maps", json!([{}, {"must": "a", "count": ""}]), "Required spec item 'must' not provided"),
    ] {
        assert_eq!(verdict(key, &given), Err(expected.to_owned()), "{key} {given}");
    }
}

#[test]
fn the_envelope_is_checked_in_order_and_only_policies_take_a_description() {
    for (given, expected) in [
        (json!({}), "Required spec item 'type' not provided"),
        (json!({"type": "t"}), "Required spec item 'version' not provided"),
        (json!({"type": "t", "version": "1.0"}), "Required spec item 'properties' not provided"),
        (json!({"type": "t", "version": null}), "The value 'None' is not a valid string."),
        (json!({"type": "t", "version": 1.0, "properties": []}), "'[]' is not a Map"),
        (json!({"type": "t", "version": 1.0, "properties": {}, "x": 1}), "Unrecognizable spec item 'x'"),
    ] {
        let given = map(given);
        assert_eq!(PROFILE_ENVELOPE.validate(&given).unwrap_err().text, expected);
        assert_eq!(POLICY_ENVELOPE.validate(&given).unwrap_err().text, expected);
    }
    let described = map(json!({"type": "t", "version": "1.0", "properties": {}, "description": "d"}));
    assert_eq!(
        PROFILE_ENVELOPE.validate(&described).unwrap_err().text,
        "Unrecognizable spec item 'description'"
    );
    assert_eq!(POLICY_ENVELOPE.validate(&described), Ok(()));
}

#[test]
fn the_key_of_a_type_joins_its_name_and_its_version_as_printed() {
    for (given, expected) in [
        (json!({"type": "t", "version": "1.0"}), Ok("t-1.0")),
        (json!({"type": "t", "version": 1.0}), Ok("t-1.0")),
        (json!({"type": "t", "version": 1}), Ok("t-1")),
        (json!({"type": "t", "version": null}), Ok("t-None")),
        (json!({}), Err("The 'type' key is missing from the provided spec map.")),
        (json!({"version": 1}), Err("The 'type' key is missing from the provided spec map.")),
        (json!({"type": 5}), Err("The 'version' key is missing from the provided spec map.")),
        (json!({"type": 5, "version": "1.0"}), Err(crate::fault::MALFORMED)),
        (json!({"type": null, "version": "1.0"}), Err(crate::fault::MALFORMED)),
    ] {
        let key = type_key(&map(given));
        assert_eq!(key.as_deref().map_err(|fault| fault.message.as_str()), expected);
    }
    assert_eq!(type_key(&JsonMap::new()).unwrap_err().kind, FaultKind::ESchema);
}

#[test]
fn a_schema_is_rendered_node_by_node_and_only_its_top_can_be_updatable() {
    let shown = ALL_KINDS.render();
    assert_eq!(
        shown["text"],
        json!({"type": "String", "description": "A text.", "required": false, "updatable": true})
    );
    assert_eq!(
        shown["flag"],
        json!({"type": "Boolean", "default": false, "required": false, "updatable": false})
    );
    assert_eq!(shown["free"], json!({"type": "Map", "default": {}, "required": false, "updatable": false}));
    assert_eq!(
        shown["maps"],
        json!({"type": "List", "description": "Several.", "required": false, "updatable": false,
               "schema": {"*": {"type": "Map", "description": "One of them.", "required": false,
                                "updatable": false, "schema": {
            "must": {"type": "String", "required": true, "updatable": false},
            "count": {"type": "Integer", "description": "How many.", "default": 3, "required": false,
                      "updatable": false}}}}})
    );
    assert_eq!(
        shown["choice"],
        json!({"type": "String", "default": "A", "required": false, "updatable": false,
               "constraints": [{"type": "AllowedValues", "constraint": ["A", "B"]}]})
    );
}

#[test]
fn parameters_of_an_operation_are_strings_that_are_strings() {
    const TAKES: Operation = Operation::with(
        "do",
        "Does.",
        &[
            Property::string("type", "").one_of(&["SOFT", "HARD"]),
            Property::integer("wait", ""),
            Property::string("must", "").required(),
        ],
    );
    for (given, expected) in [
        (json!({}), None),
        (json!({"must": ""}), None),
        (json!({"must": "", "type": "SOFT", "wait": "3"}), None),
        (json!({"must": 1, "x": 1}), Some("Unrecognizable parameter 'x'.")),
        (json!({"type": 1}), Some("value is not a string.")),
        (json!({"type": null}), Some("value is not a string.")),
        (json!({"type": "soft"}), Some("'soft' must be one of the allowed values: SOFT, HARD.")),
        (json!({"wait": "a"}), Some("The value 'a' is not a valid Integer.")),
        (json!({"wait": 1}), Some("Required parameter 'must' not provided.")),
    ] {
        let refused = TAKES.check(&map(given)).err();
        assert_eq!(refused.as_ref().map(|fault| fault.message.as_str()), expected);
        assert!(refused.is_none_or(|fault| fault.kind == FaultKind::BadRequest));
    }
    let plain = Operation::plain("do", "Does.");
    assert_eq!(plain.check(&JsonMap::new()), Ok(()));
    assert_eq!(plain.check(&map(json!({"a": 1}))), Err(crate::fault::Fault::malformed()));
}

/// Any JSON value, a few levels deep.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(".{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_resolves_or_is_refused(values in proptest::collection::vec(any_json(), ALL_KINDS.0.len())) {
        let given = ALL_KINDS.0.iter().map(|each| each.name.to_owned()).zip(values).collect();
        if let Ok(resolved) = ALL_KINDS.resolve(&given) {
            prop_assert_eq!(resolved.len(), ALL_KINDS.0.len());
        }
    }

    #[test]
    fn what_resolved_once_resolves_to_itself(whole in any_json(), flag in any_json(), text in any_json()) {
        for (key, value) in [("whole", whole), ("flag", flag), ("text", text)] {
            if let Ok(resolved) = verdict(key, &value) {
                prop_assert_eq!(verdict(key, &resolved), Ok(resolved.clone()));
            }
        }
    }
}
