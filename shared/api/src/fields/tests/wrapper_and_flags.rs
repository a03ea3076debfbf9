use super::super::*;
use super::{map, message};
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::MALFORMED;
use serde_json::{Value, json};

#[test]
fn the_wrapper_is_looked_for_differently_on_creation_and_on_update() {
    let body = |value: Value| map(json!({ "other": 1, "profile": value, "node": value }));
    assert!(wrapper::create(&body(json!({})), "profile").is_ok());
    assert!(wrapper::update(&body(json!({})), "node").is_ok());
    for (found, expected) in [
        (message(wrapper::create(&JsonMap::new(), "profile")), "Request body missing 'profile' key."),
        (message(wrapper::create(&body(json!(null)), "profile")), MALFORMED),
        (message(wrapper::create(&body(json!([1])), "node")), "[1] is not of type 'object'"),
        (message(wrapper::create(&body(json!("a")), "node")), "'a' is not of type 'object'"),
        (
            message(wrapper::update(&JsonMap::new(), "node")),
            "Malformed request data, missing 'node' key in request body.",
        ),
        (
            message(wrapper::update(&body(json!(null)), "profile")),
            "Malformed request data, missing 'profile' key in request body.",
        ),
        (message(wrapper::update(&body(json!(true)), "profile")), "True is not of type 'object'"),
        (message(wrapper::update(&body(json!(true)), "node")), MALFORMED),
    ] {
        assert_eq!(found.as_deref(), Some(expected));
    }
}

#[test]
fn flags_are_true_or_false_in_any_case() {
    for (text, expected) in [("true", true), ("True", true), ("FALSE", false)] {
        assert_eq!(flag::parse("force", text), Ok(expected));
    }
    for text in ["", "1", "yes", "maybe", " true"] {
        assert_eq!(
            message(flag::parse("force", text)),
            Some(format!("Invalid value '{text}' specified for 'force'"))
        );
    }
    assert_eq!(flag::parse_value("force", &json!(true)), Ok(true));
    assert_eq!(flag::parse_value("force", &json!("False")), Ok(false));
    assert_eq!(
        message(flag::parse_value("force", &json!(1))).as_deref(),
        Some("Invalid value '1' specified for 'force'")
    );
}
