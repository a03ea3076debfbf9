//! What a spec that fits its schema must mean (spec schemas §4).

use super::*;
use crate::fault::MALFORMED;

fn scaling(adjustment: Value) -> JsonMap {
    let mut given = spec("scaling", json!({"event": "CLUSTER_SCALE_OUT"}));
    given["properties"]["adjustment"] = adjustment;
    given
}

fn health(detection: Value, actions: Value) -> JsonMap {
    let mut given = spec("health", json!({"recovery": {}}));
    given["properties"]["detection"] = detection;
    given["properties"]["recovery"]["actions"] = actions;
    given
}

fn modes(modes: Value) -> JsonMap {
    let mut given = health(json!({}), json!([]));
    given["properties"]["detection"]["detection_modes"] = modes;
    given
}

fn invalid_spec(text: &str) -> (u16, &'static str, String) {
    (400, "InvalidSpec", text.to_owned())
}

#[test]
fn an_adjustment_is_positive_and_its_limits_are_not_negative_in_that_order() {
    let number = "the 'number' for 'adjustment' must be > 0";
    let min_step = "the 'min_step' for 'adjustment' must be >= 0";
    let cooldown = "the 'cooldown' for 'adjustment' must be >= 0";
    for (adjustment, text) in [
        (json!({"number": 0}), number),
        (json!({"number": -0.5}), number),
        (json!({"number": "-1"}), number),
        (json!({"number": false}), number),
        (json!({"number": 0, "min_step": -1, "cooldown": -1}), number),
        (json!({"min_step": -1, "cooldown": -1}), min_step),
        (json!({"min_step": "-1"}), min_step),
        (json!({"cooldown": -1}), cooldown),
        (json!({"cooldown": -1.5}), cooldown),
    ] {
        assert_eq!(refused(&scaling(adjustment)), invalid_spec(text));
    }
    for adjustment in [
        json!({}),
        json!({"number": 0.5}),
        json!({"number": "1.5"}),
        json!({"number": true}),
        json!({"number": 1, "min_step": 0, "cooldown": 0}),
        json!({"min_step": -0.5}),
        json!({"cooldown": u64::MAX}),
    ] {
        assert!(accepted(&scaling(adjustment)));
    }
}

#[test]
fn a_null_that_has_to_be_compared_or_counted_is_answered_in_general_terms() {
    for given in [
        scaling(json!({"min_step": null})),
        scaling(json!({"cooldown": null})),
        health(json!({"detection_modes": [], "interval": null}), json!([])),
        spec("health", json!({"detection": {"detection_modes": []}, "recovery": {}})),
    ] {
        assert_eq!(refused(&given), (400, "HTTPBadRequest", MALFORMED.to_owned()));
    }
    let both = refused(&scaling(json!({"number": 0, "cooldown": null})));
    assert_eq!(both, invalid_spec("the 'number' for 'adjustment' must be > 0"));
}

#[test]
fn a_health_policy_takes_one_action_and_that_is_a_matter_of_the_schema() {
    let two = json!([{"name": "REBOOT"}, {"name": "RECREATE"}]);
    let listening = json!({"type": "LIFECYCLE_EVENTS"});
    let wrong_besides = json!({"interval": 1, "detection_modes": [listening, listening]});
    assert_eq!(
        refused(&health(wrong_besides, two)),
        (500, "ESchema", "Only one 'actions' is supported for now.".to_owned())
    );
    assert!(accepted(&health(
        json!({"detection_modes": []}),
        json!([{"name": "REBUILD", "params": {"any": 1}}])
    )));
    assert!(accepted(&health(json!({"detection_modes": []}), json!([]))));
}

#[test]
fn polling_is_no_more_frequent_than_allowed() {
    let every = |interval: Value| health(json!({"detection_modes": [], "interval": interval}), json!([]));
    let text = "Specified interval of 59 seconds has to be larger than health_check_interval_min of 60 seconds \
                set in configuration.";
    assert_eq!(refused(&every(json!("59"))), invalid_spec(text));
    for interval in [json!(60), json!(60.9), json!(i64::MAX), json!(u64::MAX)] {
        assert!(accepted(&every(interval)));
    }
    assert!(validate_policy_spec(&every(json!(1)), 1).is_ok());
    assert!(validate_policy_spec(&every(json!(60)), 61).is_err());
}

#[test]
fn listening_goes_with_nothing_else() {
    for (given, types) in [
        (
            json!([{"type": "LIFECYCLE_EVENTS"}, {"type": "NODE_STATUS_POLLING"}]),
            "LIFECYCLE_EVENTS, NODE_STATUS_POLLING",
        ),
        (
            json!([{"type": "LIFECYCLE_EVENTS"}, {"type": "LIFECYCLE_EVENTS"}]),
            "LIFECYCLE_EVENTS, LIFECYCLE_EVENTS",
        ),
        (json!([{"type": ["NODE_STATUS_POLLING"]}]), "['NODE_STATUS_POLLING']"),
    ] {
        let text = format!("Invalid detection modes in health policy: {types}");
        assert_eq!(refused(&modes(given)), invalid_spec(&text));
    }
    for given in [
        json!([]),
        json!([{"type": "LIFECYCLE_EVENTS"}]),
        json!([{"type": "NODE_STATUS_POLLING"}, {"type": "HYPERVISOR_STATUS_POLLING"},
               {"type": "NODE_STATUS_POLL_URL"}]),
    ] {
        assert!(accepted(&modes(given)));
    }
}

#[test]
fn no_two_modes_are_the_same() {
    let url = |url: &str| json!({"type": "NODE_STATUS_POLL_URL", "options": {"poll_url": url}});
    let plain = json!({"type": "NODE_STATUS_POLLING"});
    let spelled_out =
        json!({"type": "NODE_STATUS_POLL_URL", "options": {"poll_url": "a", "poll_url_retry_limit": "3"}});
    for (given, types) in [
        (json!([plain, plain]), "NODE_STATUS_POLLING, NODE_STATUS_POLLING"),
        (
            json!([url("a"), plain, spelled_out]),
            "NODE_STATUS_POLL_URL, NODE_STATUS_POLLING, NODE_STATUS_POLL_URL",
        ),
    ] {
        let text = format!("Duplicate detection modes are not allowed in health policy: {types}");
        assert_eq!(refused(&modes(given)), invalid_spec(&text));
    }
    assert!(accepted(&modes(json!([url("a"), url("b")]))));
    // Options that are left out are not the same as options left at their defaults.
    assert!(accepted(&modes(json!([plain, {"type": "NODE_STATUS_POLLING", "options": {}}]))));
}

#[test]
fn what_only_looks_wrong_is_accepted() {
    for given in [
        spec("deletion", json!({"hooks": {"type": "webhook"}})),
        spec("deletion", json!({"grace_period": -1})),
        spec("batch", json!({"min_in_service": -5, "max_batch_size": 0, "pause_time": null})),
        spec("affinity", json!({"servergroup": {}})),
        spec("loadbalance", json!({"vip": {}})),
        spec("loadbalance", json!({"pool": {"subnet": "s", "session_persistence": {}}})),
        spec("region_placement", json!({"regions": [{}, {"name": "a", "cap": null}]})),
        spec("zone_placement", json!({"zones": [{"name": "a"}, {"name": "a", "weight": -1}]})),
    ] {
        assert!(accepted(&given), "{given:?}");
    }
}

#[test]
fn a_circuit_breaker_is_on_unless_it_says_otherwise_and_its_limits_make_sense() {
    let with = |version: &str, breaker: Value| {
        let recovery = json!({ "actions": [], "circuit_breaker": breaker });
        let properties = json!({ "detection": { "detection_modes": [] }, "recovery": recovery });
        let spec = json!({ "type": "senlin.policy.health", "version": version, "properties": properties });
        validate_policy_spec(spec.as_object().unwrap(), INTERVAL_MIN).map_err(|fault| fault.message)
    };
    let all = json!({ "enabled": false, "max_sick_percent": 0, "max_recoveries": 0, "window": 60 });
    for good in [json!({}), all, json!({ "max_sick_percent": 100, "window": 604_800 })] {
        assert!(with("1.3", good).is_ok());
    }
    let text = |key: &str, given: &str, range: &str| {
        format!("The circuit breaker's {key} is {given}; it has to be {range}.")
    };
    for (bad, text) in [
        (json!({ "max_sick_percent": 101 }), text("max_sick_percent", "101", "0 to 100")),
        (json!({ "max_recoveries": -1 }), text("max_recoveries", "-1", "0 or more")),
        (json!({ "window": 59 }), text("window", "59", "60 to 604800")),
        (json!({ "window": null }), text("window", "null", "60 to 604800")),
    ] {
        assert!(with("1.3", bad).unwrap_err().starts_with(&text), "{text}");
    }
    // Versions that others know take nothing that others do not.
    let refused = with("1.2", json!({})).unwrap_err();
    assert!(refused.contains("Unrecognizable spec item 'circuit_breaker'"), "{refused}");
}
