//! Policy types and policies (spec api-resources F, G).

use super::Foreign::{Absent, Own, Same};
use super::{Endpoint, delete, get, patch, post};
use coppice_e2e::deletion_policy;
use serde_json::json;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/v1/policy-types", Same),
        get("/v1/policy-types/senlin.policy.scaling-1.0", Same),
        post("/v1/policies/validate", json!({ "policy": { "spec": deletion_policy() } }), 200, Same),
        get("/v1/policies", Own),
        post("/v1/policies", json!({ "policy": { "name": "mine", "spec": deletion_policy() } }), 201, Own),
        get("/v1/policies/{policy}", Absent),
        patch("/v1/policies/{policy}", json!({ "policy": { "name": "secret-change" } }), 200),
    ]
}

/// After the cluster, which a policy may be attached to.
pub(super) fn last() -> Vec<Endpoint> {
    vec![delete("/v1/policies/{spare-policy}", 204)]
}
