//! What must hold on creation only.

use super::*;
use crate::fault::MALFORMED;

#[test]
fn a_load_balancer_needs_members_and_an_address() {
    let pool = json!({"subnet": "s"});
    for (properties, text) in [
        (json!({}), "The 'pool' property must be specified."),
        (json!({"vip": {"subnet": "s"}}), "The 'pool' property must be specified."),
        (json!({"pool": pool}), "The 'vip' property must be specified."),
        (json!({"pool": pool, "vip": {}}), "At least one of VIP Subnet or Network must be defined."),
        (
            json!({"pool": pool, "vip": {"subnet": "", "address": "10.0.0.1"}}),
            "At least one of VIP Subnet or Network must be defined.",
        ),
    ] {
        let given = spec("loadbalance", properties);
        assert!(accepted(&given));
        assert_eq!(check_creation(&given), Err(Fault::new(FaultKind::InvalidSpec, text)));
    }
    for vip in [json!({"subnet": "s"}), json!({"network": "n"})] {
        assert_eq!(check_creation(&spec("loadbalance", json!({"pool": pool, "vip": vip}))), Ok(()));
    }
}

#[test]
fn a_place_needs_a_name() {
    for (kind, property, text) in [
        ("region_placement", "regions", "The specified regions '[None]' could not be found."),
        ("zone_placement", "zones", "The specified name '[None]' could not be found."),
    ] {
        let given = |places: Value| spec(kind, json!({property: places}));
        let nameless = check_creation(&given(json!([{}, {"weight": 1}])));
        assert_eq!(nameless, Err(Fault::new(FaultKind::InvalidSpec, text)));
        let some = check_creation(&given(json!([{"name": "a"}, {}])));
        assert_eq!(some.unwrap_err().message, MALFORMED);
        assert_eq!(check_creation(&given(json!([{"name": "a"}, {"name": "b"}]))), Ok(()));
        assert_eq!(check_creation(&given(json!([]))), Ok(()));
    }
}

#[test]
fn the_other_types_ask_for_nothing_more() {
    for (kind, properties) in [
        ("affinity", json!({})),
        ("batch", json!({})),
        ("deletion", json!({})),
        ("health", json!({"detection": {"detection_modes": []}, "recovery": {"actions": []}})),
        ("scaling", json!({"event": "CLUSTER_SCALE_IN", "adjustment": {}})),
    ] {
        assert_eq!(check_creation(&spec(kind, properties)), Ok(()));
    }
    let unknown = check_creation(&spec("bogus", json!({}))).unwrap_err();
    assert_eq!(unknown.message, "The policy_type 'senlin.policy.bogus-1.0' could not be found.");
}
