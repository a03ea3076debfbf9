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
