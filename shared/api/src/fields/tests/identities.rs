use super::super::*;
use super::{any_json, map, message};
use crate::microversion::MAX;
use coppice_domain::fault::MALFORMED;
use proptest::prelude::*;
use serde_json::{Value, json};

fn refused(fields: &[Field], body: Value) -> Option<String> {
    message(coerce(fields, &map(body), MAX))
}

#[test]
fn lists_of_identities_hold_at_least_one_string_and_none_twice() {
    let fields = &[Field::new("nodes", Kind::IdentityList)];
    let none = "Value for 'nodes' must have at least 1 item(s).";
    for (body, expected) in [
        (json!({}), none),
        (json!({"nodes": null}), none),
        (json!({"nodes": []}), none),
        (json!({"nodes": ["a", "a"]}), "Items for 'nodes' must be unique"),
        (json!({"nodes": "n1"}), "'n1' is not of type 'array'"),
        (json!({"nodes": {"a": "b"}}), "{'a': 'b'} is not of type 'array'"),
        (json!({"nodes": 3}), MALFORMED),
        (json!({"nodes": [null]}), "Field `nodes[0]' cannot be None"),
        (json!({"nodes": [1]}), "1 is not of type 'string'"),
        (json!({"nodes": ["a", []]}), "A string is required in field nodes[1], not a list"),
        (json!({"nodes": [{}]}), "A string is required in field nodes[0], not a dict"),
    ] {
        assert_eq!(refused(fields, body.clone()).as_deref(), Some(expected), "{body}");
    }
    let taken = coerce(fields, &map(json!({"nodes": ["b", "a"]})), MAX).unwrap();
    assert_eq!(taken.identities("nodes"), Given::Value(vec!["b", "a"]));
}

#[test]
fn replacements_map_identities_to_different_identities() {
    let fields = &[Field::new("nodes", Kind::ReplaceMap)];
    for (body, expected) in [
        (json!({}), "The data provided is not a map"),
        (json!({"nodes": null}), "The data provided is not a map"),
        (json!({"nodes": []}), "The data provided is not a map"),
        (json!({"nodes": {}}), "The data provided is not a map"),
        (json!({"nodes": {"a": null}}), "Field `nodes[a]' cannot be None"),
        (json!({"nodes": {"a": "x", "b": "x"}}), "Map contains duplicated values"),
        (json!({"nodes": {"a": 1}}), "1 is not of type 'string'"),
        (json!({"nodes": {"a": ["x"]}}), "A string is required in field nodes[a], not a list"),
        (json!({"nodes": {"a": {}}}), "A string is required in field nodes[a], not a dict"),
    ] {
        assert_eq!(refused(fields, body.clone()).as_deref(), Some(expected), "{body}");
    }
    let taken = coerce(fields, &map(json!({"nodes": {"a": "x"}})), MAX).unwrap();
    assert_eq!(taken.map("nodes").value().unwrap()["a"], "x");
}

proptest! {
    #[test]
    fn any_identities_are_taken_or_refused(value in any_json()) {
        for kind in [Kind::IdentityList, Kind::ReplaceMap] {
            let _ = coerce(&[Field::new("nodes", kind)], &map(json!({ "nodes": value })), MAX);
        }
    }
}
