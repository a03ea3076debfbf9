//! Actions on clusters (spec api-resources I).

use super::Foreign::Absent;
use super::{Endpoint, post};
use serde_json::{Value, json};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let action = |body: Value| post("/v1/clusters/{cluster}/actions", body, 202, Absent);
    vec![
        action(json!({ "complete_lifecycle": { "lifecycle_action_token": "{action}" } })),
        action(json!({ "check": {} })),
        action(json!({ "recover": {} })),
        action(json!({ "add_nodes": { "nodes": ["{orphan}"] } })),
        action(json!({ "del_nodes": { "nodes": ["{orphan}"] } })),
        // From now on the orphan is the member.
        action(json!({ "replace_nodes": { "nodes": { "{node}": "{orphan}" } } })),
        action(json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 2 } })),
        action(json!({ "scale_out": {} })),
        action(json!({ "scale_in": {} })),
        action(json!({ "policy_attach": { "policy_id": "{spare-policy}" } })),
        action(json!({ "policy_update": { "policy_id": "{policy}", "enabled": false } })),
        action(json!({ "policy_detach": { "policy_id": "{policy}" } })),
        // The same three under the names that their records have.
        action(json!({ "attach_policy": { "policy_id": "{policy}" } })),
        action(json!({ "update_policy": { "policy_id": "{policy}", "enabled": false } })),
        action(json!({ "detach_policy": { "policy_id": "{policy}" } })),
    ]
}
