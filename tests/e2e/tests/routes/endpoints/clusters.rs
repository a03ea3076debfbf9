//! Clusters, operations, attributes and bindings of policies (spec api-resources H, J, K).

use super::Foreign::{Absent, Own, Refused};
use super::{Endpoint, delete, get, patch, post};
use serde_json::json;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let new = json!({ "cluster": { "name": "mine", "profile_id": "{profile}" } });
    vec![
        get("/v1/clusters", Own),
        post("/v1/clusters", new, 202, Refused),
        get("/v1/clusters/{cluster}", Absent),
        patch("/v1/clusters/{cluster}", json!({ "cluster": { "metadata": { "a": 1 } } }), 202),
        post("/v1/clusters/{cluster}/ops", json!({ "reboot": {} }), 202, Absent),
        get("/v1/clusters/{cluster}/attrs/$.name", Absent),
        get("/v1/clusters/{cluster}/policies", Absent),
        get("/v1/clusters/{cluster}/policies/{policy}", Absent),
    ]
}

/// By force, for a policy is attached.
pub(super) fn last() -> Vec<Endpoint> {
    vec![delete("/v1/clusters/{cluster}?force=true", 202)]
}
