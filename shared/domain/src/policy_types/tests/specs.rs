//! What a spec may say, and the order in which it is told what is wrong with it.

use super::*;
use crate::fault::MALFORMED;
use crate::schema::tests::any_json;
use proptest::prelude::*;

/// A spec of each type with nothing but what it must say.
fn least() -> [JsonMap; 8] {
    [
        spec("affinity", json!({})),
        spec("batch", json!({})),
        spec("deletion", json!({})),
        spec("health", json!({"detection": {"detection_modes": []}, "recovery": {"actions": []}})),
        spec("loadbalance", json!({})),
        spec("region_placement", json!({"regions": []})),
        spec("scaling", json!({"event": "CLUSTER_SCALE_IN", "adjustment": {}})),
        spec("zone_placement", json!({"zones": []})),
    ]
}

fn with(mut spec: JsonMap, key: &str, value: Value) -> JsonMap {
    spec.insert(key.to_owned(), value);
    spec
}

#[test]
fn a_spec_that_fits_yields_its_key_in_every_version() {
    for (kind, spec) in ALL.iter().zip(least()) {
        for version in kind.versions {
            let key = format!("{}-{}", kind.name, version.version);
            let spec = with(spec.clone(), "version", version.version.into());
            let yielded = validate_policy_spec(&spec, INTERVAL_MIN);
            assert_eq!(yielded, Ok(PolicyTypeName(key.clone())));
            assert_eq!(yielded.unwrap().to_string(), key);
        }
        assert!(accepted(&with(spec.clone(), "version", json!(1.0))));
        assert!(accepted(&with(spec, "description", json!("What it is for."))));
    }
}

#[test]
fn the_type_is_looked_up_before_anything_else() {
    for (spec, status, kind, text) in [
        (json!({}), 500, "ESchema", "The 'type' key is missing from the provided spec map."),
        (json!({"type": 1}), 500, "ESchema", "The 'version' key is missing from the provided spec map."),
        (json!({"type": 1, "version": 1}), 400, "HTTPBadRequest", MALFORMED),
        (
            json!({"type": "senlin.policy.scaling", "version": 1, "properties": null}),
            404,
            "ResourceNotFound",
            "The policy_type 'senlin.policy.scaling-1' could not be found.",
        ),
        (
            json!({"type": "senlin.policy.deletion", "version": "1.2", "x": 1}),
            404,
            "ResourceNotFound",
            "The policy_type 'senlin.policy.deletion-1.2' could not be found.",
        ),
    ] {
        assert_eq!(refused(&map(spec)), (status, kind, text.to_owned()));
    }
}

#[test]
fn violations_of_the_schema_are_500_with_the_bare_detail() {
    let detection =
        |mode: Value| json!({"detection": {"detection_modes": [mode]}, "recovery": {"actions": []}});
    let recovery = |recovery: Value| json!({"detection": {"detection_modes": []}, "recovery": recovery});
    let scaling = |adjustment: Value| json!({"event": "CLUSTER_SCALE_IN", "adjustment": adjustment});
    for (kind, properties, text) in [
        (
            "scaling",
            json!({"event": "CLUSTER_FLY"}),
            "'CLUSTER_FLY' must be one of the allowed values: CLUSTER_SCALE_IN, CLUSTER_SCALE_OUT",
        ),
        ("scaling", json!({"adjustment": {}}), "Required spec item 'event' not provided"),
        ("scaling", scaling(json!([])), "'[]' is not a Map"),
        ("scaling", scaling(json!({"number": "many"})), "The value 'many' is not a valid number."),
        ("scaling", scaling(json!({"cooldown": "1.5"})), "The value '1.5' is not a valid Integer"),
        ("scaling", scaling(json!({"best_effort": "maybe"})), "The value 'maybe' is not a valid Boolean"),
        ("scaling", scaling(json!({"step": 1})), "Unrecognizable spec item 'step'"),
        (
            "scaling",
            scaling(json!({"type": "MORE", "step": 1})),
            "'MORE' must be one of the allowed values: EXACT_CAPACITY, CHANGE_IN_CAPACITY, \
             CHANGE_IN_PERCENTAGE",
        ),
        (
            "deletion",
            json!({"criteria": "random"}),
            "'random' must be one of the allowed values: OLDEST_FIRST, OLDEST_PROFILE_FIRST, \
             YOUNGEST_FIRST, RANDOM",
        ),
        ("deletion", json!({"hooks": null}), "'None' is not a Map"),
        (
            "deletion",
            json!({"hooks": {"type": "smoke"}}),
            "'smoke' must be one of the allowed values: zaqar, webhook",
        ),
        ("deletion", json!({"hooks": {"params": {"topic": "t"}}}), "Unrecognizable spec item 'topic'"),
        ("deletion", json!({"foo": 1}), "Unrecognizable spec item 'foo'"),
        ("health", json!({}), "Required spec item 'detection' not provided"),
        (
            "health",
            json!({"detection": {"detection_modes": []}}),
            "Required spec item 'recovery' not provided",
        ),
        ("health", json!({"detection": {"type": "LIFECYCLE_EVENTS"}}), "Unrecognizable spec item 'type'"),
        ("health", detection(json!({})), "Required spec item 'type' not provided"),
        (
            "health",
            detection(json!({"type": "VM_LIFECYCLE_EVENTS"})),
            "'VM_LIFECYCLE_EVENTS' must be one of the allowed values: LIFECYCLE_EVENTS, NODE_STATUS_POLLING, \
             NODE_STATUS_POLL_URL, HYPERVISOR_STATUS_POLLING",
        ),
        (
            "health",
            recovery(json!({"actions": [{"name": "PRAY"}]})),
            "'PRAY' must be one of the allowed values: REBOOT, REBUILD, RECREATE",
        ),
        ("health", recovery(json!({"actions": [{"params": {}}]})), "Required spec item 'name' not provided"),
        (
            "health",
            recovery(json!({"actions": [], "fencing": ["STORAGE"]})),
            "'STORAGE' must be one of the allowed values: COMPUTE",
        ),
        ("health", recovery(json!({"actions": [], "fencing": null})), "'None' is not a List"),
        ("loadbalance", json!({"pool": {}}), "Required spec item 'subnet' not provided"),
        (
            "loadbalance",
            json!({"pool": {"subnet": "s", "protocol": "UDP"}}),
            "'UDP' must be one of the allowed values: HTTP, HTTPS, TCP",
        ),
        (
            "loadbalance",
            json!({"health_monitor": {"http_method": "HEAD"}}),
            "'HEAD' must be one of the allowed values: GET, POST, PUT, DELETE",
        ),
        ("region_placement", json!({"regions": "x"}), "'x' is not a Map"),
        ("region_placement", json!({"regions": [{"cap": "x"}]}), "The value 'x' is not a valid Integer"),
        ("zone_placement", json!({"zones": {"name": "z"}}), "'{'name': 'z'}' is not a List"),
        ("zone_placement", json!({"zones": [{"cap": 1}]}), "Unrecognizable spec item 'cap'"),
        (
            "affinity",
            json!({"servergroup": {"policies": "friendly"}}),
            "'friendly' must be one of the allowed values: affinity, soft-affinity, anti-affinity, \
             soft-anti-affinity",
        ),
        ("affinity", json!({"availability_zone": null}), "The value 'None' is not a valid string."),
        ("batch", json!({"pause_time": "a while"}), "The value 'a while' is not a valid Integer"),
    ] {
        assert_eq!(refused(&spec(kind, properties)), (500, "ESchema", text.to_owned()));
    }
}

#[test]
fn the_envelope_comes_after_what_is_read_during_construction() {
    for (kind, properties, extra, text) in [
        (
            "scaling",
            json!({"event": "x"}),
            true,
            "'x' must be one of the allowed values: CLUSTER_SCALE_IN, CLUSTER_SCALE_OUT",
        ),
        ("scaling", json!([]), true, "Required spec item 'event' not provided"),
        ("deletion", json!({"criteria": null}), true, "The value 'None' is not a valid string."),
        ("deletion", json!({"unknown": 1}), true, "Unrecognizable spec item 'extra'"),
        ("deletion", json!([]), true, "'[]' is not a Map"),
        ("deletion", json!("any"), false, "'any' is not a Map"),
        ("affinity", json!({"enable_drs_extension": "x"}), true, "The value 'x' is not a valid Boolean"),
        ("affinity", json!({"servergroup": 1}), true, "Unrecognizable spec item 'extra'"),
        ("affinity", json!({"servergroup": 1}), false, "'1' is not a Map"),
        (
            "health",
            json!({"detection": {"detection_modes": []}, "recovery": {}, "x": 1}),
            true,
            "Unrecognizable spec item 'extra'",
        ),
        (
            "health",
            json!({"detection": {"detection_modes": []}, "recovery": {}, "x": 1}),
            false,
            "Unrecognizable spec item 'x'",
        ),
        ("batch", json!({"max_batch_size": "x"}), true, "The value 'x' is not a valid Integer"),
    ] {
        let mut given = spec(kind, properties);
        if extra {
            given = with(given, "extra", json!(1));
        }
        assert_eq!(refused(&given), (500, "ESchema", text.to_owned()));
    }
    let described = with(spec("batch", json!({})), "description", json!(null));
    assert_eq!(refused(&described).2, "The value 'None' is not a valid string.");
    let mut bare = spec("batch", json!({}));
    bare.remove("properties");
    assert_eq!(refused(&bare), (500, "ESchema", "Required spec item 'properties' not provided".to_owned()));
    bare = spec("scaling", json!({}));
    bare.remove("properties");
    assert_eq!(refused(&bare).2, "Required spec item 'event' not provided");
}

#[test]
fn properties_are_read_in_the_order_of_construction_and_checked_in_that_of_the_schema() {
    for (kind, properties, text) in [
        (
            "deletion",
            json!({"destroy_after_deletion": "x", "grace_period": "y"}),
            "The value 'y' is not a valid Integer",
        ),
        (
            "loadbalance",
            json!({"lb_status_timeout": "x", "flavor_id": null}),
            "The value 'None' is not a valid string.",
        ),
        (
            "loadbalance",
            json!({"lb_status_timeout": "x", "loadbalancer": null}),
            "The value 'x' is not a valid Integer",
        ),
        ("affinity", json!({"servergroup": 1, "availability_zone": null}), "'1' is not a Map"),
    ] {
        assert_eq!(refused(&spec(kind, properties)).2, text);
    }
}

#[test]
fn where_the_reference_trips_over_a_type_the_answer_is_generic() {
    for (kind, properties) in [
        ("scaling", json!({"event": "CLUSTER_SCALE_IN"})),
        ("scaling", json!({"event": "CLUSTER_SCALE_IN", "adjustment": {"number": [1]}})),
        ("scaling", json!("the event")),
        ("health", json!({"detection": {}})),
        ("health", json!({"detection": {"detection_modes": []}, "recovery": {"node_delete_timeout": [1]}})),
        ("region_placement", json!({})),
        ("region_placement", json!({"regions": [{"weight": {"a": 1}}]})),
        ("zone_placement", json!({})),
        ("zone_placement", json!(["zones"])),
        ("batch", json!({"pause_time": [60]})),
        ("deletion", json!({"hooks": {"timeout": {"seconds": 1}}})),
        ("loadbalance", json!({"vip": {"connection_limit": [1]}})),
    ] {
        let given = with(spec(kind, properties), "extra", json!(1));
        assert_eq!(refused(&given), (400, "HTTPBadRequest", MALFORMED.to_owned()), "{given:?}");
    }
    for kind in &ALL {
        for properties in [json!(null), json!(5), json!(true)] {
            let given = map(json!({"type": kind.name, "version": "1.0", "properties": properties}));
            assert_eq!(refused(&given), (400, "HTTPBadRequest", MALFORMED.to_owned()));
        }
    }
}

#[test]
fn properties_are_resolved_with_their_defaults() {
    let kind = get("senlin.policy.deletion-1.1").unwrap();
    let resolved = kind.properties(&spec("deletion", json!({"grace_period": "5"}))).unwrap();
    assert_eq!(
        Value::Object(resolved),
        json!({"criteria": "RANDOM", "destroy_after_deletion": true, "grace_period": 5, "hooks": {},
               "reduce_desired_capacity": true})
    );
    let hooked = kind.properties(&spec("deletion", json!({"hooks": {"type": "webhook"}}))).unwrap();
    assert_eq!(hooked["hooks"], json!({"type": "webhook", "params": {}, "timeout": 0}));
    let fault = kind.properties(&spec("deletion", json!({"criteria": 1}))).unwrap_err();
    assert_eq!(fault.kind, FaultKind::ESchema);
}

proptest! {
    #[test]
    fn any_properties_are_taken_or_refused(
        properties in any_json(), values in proptest::collection::vec(any_json(), 7), interval in any::<i64>()
    ) {
        for kind in &ALL {
            let named = kind.schema.0.iter().map(|each| each.name.to_owned()).zip(values.clone());
            for properties in [properties.clone(), Value::Object(named.collect())] {
                let spec = map(json!({"type": kind.name, "version": "1.0", "properties": properties}));
                if validate_policy_spec(&spec, interval).is_ok() {
                    prop_assert!(kind.properties(&spec).is_ok());
                    let _ = check_creation(&spec);
                }
            }
        }
    }
}
