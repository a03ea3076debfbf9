//! How types are found, listed and shown.

use super::*;
use crate::profile_types;

/// The schema of every type, without the descriptions, as the reference renders it.
const SCHEMAS: &str = include_str!("schemas.json");

/// `node` without its descriptions and those inside; none is left that is empty.
fn undescribed(node: &Value) -> Value {
    let Value::Object(entries) = node else { return node.clone() };
    assert_ne!(entries.get("description"), Some(&json!("")));
    let kept = entries.iter().filter(|(key, value)| *key != "description" || !value.is_string());
    Value::Object(kept.map(|(key, value)| (key.clone(), undescribed(value))).collect())
}

#[test]
fn every_schema_is_the_references() {
    let expected: JsonMap = serde_json::from_str(SCHEMAS).unwrap();
    assert_eq!(expected.len(), ALL.len());
    for kind in &ALL {
        for version in kind.versions {
            let shown = show(&format!("{}-{}", kind.name, version.version), false).unwrap();
            assert_eq!(undescribed(&shown["schema"]), expected[kind.name], "{}", kind.name);
        }
    }
}

#[test]
fn every_property_is_described_except_the_two_that_are_not() {
    fn bare(path: &str, schema: &Value, found: &mut Vec<String>) {
        for (key, node) in schema.as_object().unwrap() {
            let path = format!("{path}.{key}");
            if let Some(inner) = node.get("schema") {
                bare(&path, inner, found);
            }
            if node.get("description").is_none() {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for kind in &ALL {
        bare(kind.name, &kind.schema.render(), &mut found);
    }
    assert_eq!(
        found,
        ["senlin.policy.deletion.hooks.params", "senlin.policy.health.detection.detection_modes.*.options"]
    );
}

#[test]
fn no_property_can_be_updated() {
    assert!(ALL.iter().all(|kind| kind.schema.0.iter().all(|property| !property.updatable)));
}

#[test]
fn the_recorded_answer_for_scaling_is_given_again() {
    let shown = show("senlin.policy.scaling-1.0", true).unwrap();
    assert_eq!(
        undescribed(&shown),
        json!({"name": "senlin.policy.scaling-1.0",
            "schema": {
                "adjustment": {"required": false, "type": "Map", "updatable": false, "schema": {
                    "best_effort": {"default": false, "required": false, "type": "Boolean", "updatable": false},
                    "cooldown": {"default": 0, "required": false, "type": "Integer", "updatable": false},
                    "min_step": {"default": 1, "required": false, "type": "Integer", "updatable": false},
                    "number": {"default": 1, "required": false, "type": "Number", "updatable": false},
                    "type": {"default": "CHANGE_IN_CAPACITY", "required": false, "type": "String",
                        "updatable": false, "constraints": [{"type": "AllowedValues",
                            "constraint": ["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"]}]}}},
                "event": {"required": true, "type": "String", "updatable": false, "constraints": [
                    {"type": "AllowedValues", "constraint": ["CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"]}]}},
            "support_status": {"1.0": [{"since": "2016.04", "status": "SUPPORTED"}]}})
    );
    assert!(show("senlin.policy.scaling-1.0", false).unwrap().get("support_status").is_none());
}

#[test]
fn types_are_listed_in_order_one_item_a_version() {
    let keys = [
        "affinity-1.0",
        "batch-1.0",
        "deletion-1.0",
        "deletion-1.1",
        "health-1.0",
        "health-1.1",
        "health-1.2",
        "loadbalance-1.0",
        "loadbalance-1.1",
        "loadbalance-1.2",
        "loadbalance-1.3",
        "region_placement-1.0",
        "scaling-1.0",
        "zone_placement-1.0",
    ];
    assert_eq!(list(false, false), keys.map(|key| json!({"name": format!("senlin.policy.{key}")})));
}

/// What this service adds is there for who asks for it, and changes nothing else.
#[test]
fn additions_are_listed_for_who_asks_for_them() {
    let name = |item: &Value| format!("{}-{}", item["name"], item["version"]).replace('"', "");
    let (plain, all) = (list(true, false), list(true, true));
    let added: Vec<String> = all.iter().filter(|item| !plain.contains(item)).map(name).collect();
    assert_eq!(added, ["senlin.policy.health-1.3"]);
    let kept: Vec<&Value> = all.iter().filter(|item| plain.contains(item)).collect();
    assert_eq!(kept, plain.iter().collect::<Vec<_>>());
    assert_eq!(name(&all[7]), "senlin.policy.health-1.3", "among its own");
}

#[test]
fn from_1_5_each_item_carries_the_support_of_its_own_version() {
    let one = |status: &str, since: &str| json!([{"status": status, "since": since}]);
    let both = |experimental: &str, supported: &str| {
        json!([{"status": "EXPERIMENTAL", "since": experimental},
               {"status": "SUPPORTED", "since": supported}])
    };
    let expected = [
        ("affinity", "1.0", one("SUPPORTED", "2016.10")),
        ("batch", "1.0", one("EXPERIMENTAL", "2017.02")),
        ("deletion", "1.0", one("SUPPORTED", "2016.04")),
        ("deletion", "1.1", one("SUPPORTED", "2018.01")),
        ("health", "1.0", both("2017.02", "2018.06")),
        ("health", "1.1", one("SUPPORTED", "2018.09")),
        ("health", "1.2", one("SUPPORTED", "2020.09")),
        ("loadbalance", "1.0", one("SUPPORTED", "2016.04")),
        ("loadbalance", "1.1", one("SUPPORTED", "2018.01")),
        ("loadbalance", "1.2", one("SUPPORTED", "2020.02")),
        ("loadbalance", "1.3", one("SUPPORTED", "2020.03")),
        ("region_placement", "1.0", both("2016.04", "2016.10")),
        ("scaling", "1.0", one("SUPPORTED", "2016.04")),
        ("zone_placement", "1.0", both("2016.04", "2016.10")),
    ];
    assert_eq!(
        list(true, false),
        expected.map(|(name, version, support)| {
            json!({"name": format!("senlin.policy.{name}"), "version": version,
                   "support_status": {version: support}})
        })
    );
}

#[test]
fn a_type_is_shown_under_the_key_asked_for_with_the_support_of_all_its_versions() {
    for version in ["1.0", "1.1", "1.2"] {
        let shown = show(&format!("senlin.policy.health-{version}"), true).unwrap();
        assert_eq!(shown["name"], format!("senlin.policy.health-{version}"));
        let support: Vec<&String> = shown["support_status"].as_object().unwrap().keys().collect();
        assert_eq!(support, ["1.0", "1.1", "1.2"]);
    }
    let shown = show("senlin.policy.health-1.3", true).unwrap();
    assert!(shown["support_status"].as_object().unwrap().keys().eq(["1.3"]));
    for key in ["senlin.policy.scaling-1.1", "senlin.policy.scaling", "senlin.policy.scaling-", "x-1.0", ""] {
        assert!(find(key).is_none());
        let fault = show(key, true).unwrap_err();
        assert_eq!((fault.kind.status(), fault.kind.name()), (404, "ResourceNotFound"));
        assert_eq!(fault.message, format!("The policy_type '{key}' could not be found."));
    }
}

#[test]
fn engine_policies_1_each_type_has_its_priority_and_knows_whose_clusters_and_how_many_of_it_they_take() {
    let nova = &["os.nova.server-1.0"][..];
    let servers = Some(nova);
    let expected = [
        ("affinity", 300, true, servers),
        ("batch", 200, true, None),
        ("deletion", 400, true, None),
        ("health", 600, true, None),
        ("loadbalance", 500, true, servers),
        ("region_placement", 200, true, None),
        ("scaling", 100, false, None),
        ("zone_placement", 300, true, servers),
    ];
    for (kind, (name, priority, singleton, profile_types)) in ALL.iter().zip(expected) {
        assert_eq!(kind.name, format!("senlin.policy.{name}"));
        assert_eq!((kind.priority, kind.singleton, kind.profile_types), (priority, singleton, profile_types));
    }
    assert!(nova.iter().all(|key| profile_types::find(key).is_some()));
}

#[test]
fn what_is_read_during_construction_is_a_property() {
    for kind in &ALL {
        assert!(!kind.reads.is_empty());
        for read in kind.reads {
            assert!(kind.schema.property(read.property()).is_some(), "{} {read:?}", kind.name);
        }
    }
}
