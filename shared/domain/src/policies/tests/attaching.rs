//! Which policies may be attached to which clusters (spec engine-policies §1).

use super::*;
use crate::profile::Profile;

#[test]
fn one_policy_of_a_type_may_be_attached_and_only_to_what_it_is_for() {
    let profile = |type_name: &str| Profile {
        id: ProfileId::new(Uuid::from_u128(2)),
        name: "p".to_owned(),
        type_name: type_name.to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: JsonMap::new(),
        metadata: None,
        created_at: NOW,
        updated_at: None,
    };
    let (server, stack) = (profile("os.nova.server-1.0"), profile("os.heat.stack-1.0"));
    let deletion = policy("senlin.policy.deletion-1.1", &json!({}));
    let other = |kind| [binding(kind, 9)];
    assert_eq!(attachable(&deletion, &[], &stack), Ok(()));
    assert_eq!(attachable(&deletion, &other("senlin.policy.deletion-1.0"), &server), Ok(()));
    let refused = attachable(&deletion, &other("senlin.policy.deletion-1.1"), &server).unwrap_err();
    assert!(
        refused.starts_with("Only one instance of policy type (senlin.policy.deletion-1.1)"),
        "{refused}"
    );
    let scaling = policy("senlin.policy.scaling-1.0", &json!({ "event": "CLUSTER_SCALE_IN" }));
    assert_eq!(attachable(&scaling, &other("senlin.policy.scaling-1.0"), &server), Ok(()));
    let zones = policy("senlin.policy.zone_placement-1.0", &json!({ "zones": [] }));
    let text = "Policy not applicable on profile type: os.heat.stack-1.0";
    assert_eq!(attachable(&zones, &[], &stack), Err(text.to_owned()));
    for (action, fits) in [("REBUILD", false), ("REBOOT", false), ("RECREATE", true)] {
        let properties = json!({
            "detection": { "detection_modes": [{ "type": "NODE_STATUS_POLLING" }] },
            "recovery": { "actions": [{ "name": action }] },
        });
        let health = policy("senlin.policy.health-1.2", &properties);
        assert_eq!(attachable(&health, &[], &stack).is_ok(), fits, "{action}");
        assert_eq!(attachable(&health, &[], &server), Ok(()), "{action}");
    }
}

fn server() -> Profile {
    Profile {
        id: ProfileId::new(Uuid::from_u128(2)),
        name: "p".to_owned(),
        type_name: "os.nova.server-1.0".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: JsonMap::new(),
        metadata: None,
        created_at: NOW,
        updated_at: None,
    }
}

fn health_policy(modes: &Value) -> Policy {
    let properties = json!({ "detection": { "detection_modes": modes }, "recovery": { "actions": [] } });
    policy("senlin.policy.health-1.0", &properties)
}

/// RHE-11, POL-1: two would look after the same nodes.
#[test]
fn one_health_policy_of_any_version_looks_after_a_cluster() {
    let policy = health_policy(&json!([{ "type": "NODE_STATUS_POLLING" }]));
    let others = [binding("senlin.policy.health-1.3", 9)];
    let refused = attachable(&policy, &others, &server()).unwrap_err();
    assert!(refused.starts_with("Only one health policy can be attached"), "{refused}");
    assert_eq!(attachable(&policy, &[binding("senlin.policy.deletion-1.0", 9)], &server()), Ok(()));
}

/// RHE-10: what would look at nothing says so.
#[test]
fn a_health_policy_looks_at_something() {
    let refused = attachable(&health_policy(&json!([])), &[], &server()).unwrap_err();
    assert_eq!(refused, "The health policy has no detection modes: nothing would be looked at.");
}

/// POL-21: two different URLs are two modes.
#[test]
fn a_watch_begins_with_an_enabled_health_policy_that_looks_at_something() {
    let poll = |url: &str| json!({ "type": "NODE_STATUS_POLL_URL", "options": { "poll_url": url } });
    for (modes, due) in [
        (json!([poll("http://a"), poll("http://b")]), Some(NOW)),
        (json!([{ "type": "LIFECYCLE_EVENTS" }]), None),
    ] {
        let policy = health_policy(&modes);
        assert_eq!(attachable(&policy, &[], &server()), Ok(()));
        let mut bound = bind(&policy, binding("senlin.policy.health-1.0", 9)).unwrap();
        assert_eq!(health::watch(&bound, NOW).map(|watch| watch.due), Some(due));
        bound.enabled = false;
        assert_eq!(health::watch(&bound, NOW), None);
    }
    let mut other = binding("senlin.policy.deletion-1.0", 9);
    assert_eq!(health::watch(&other, NOW), None);
    other.policy_type = "senlin.policy.health-1.0".to_owned();
    assert_eq!(health::watch(&other, NOW), None, "its data does not say what to look at");
}

/// POL-22: nothing counts who switched what off.
#[test]
fn nobody_is_judged_while_a_cluster_is_changed_unless_it_only_grows() {
    let resting: Vec<&str> =
        ActionKind::ALL.iter().filter(|kind| health::rests(**kind, true)).map(|kind| kind.name()).collect();
    let expected = [
        "CLUSTER_DELETE",
        "CLUSTER_UPDATE",
        "CLUSTER_DEL_NODES",
        "CLUSTER_SCALE_IN",
        "CLUSTER_REPLACE_NODES",
        "CLUSTER_RECOVER",
    ];
    let sorted = |names: &[&'static str]| std::collections::BTreeSet::from_iter(names.to_vec());
    assert_eq!(sorted(&resting), sorted(&expected));
    assert!(health::rests(ActionKind::ClusterResize, false));
}
