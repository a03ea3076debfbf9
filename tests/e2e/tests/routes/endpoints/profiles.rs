//! Profile types and profiles (spec api-resources D, E).

use super::Foreign::{Absent, Own, Same};
use super::{Endpoint, delete, get, patch, post};
use coppice_e2e::spec;
use serde_json::json;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/v1/profile-types", Same),
        get("/v1/profile-types/os.nova.server-1.0", Same),
        get("/v1/profile-types/os.nova.server-1.0/ops", Same),
        post("/v1/profiles/validate", json!({ "profile": { "spec": spec() } }), 200, Same),
        get("/v1/profiles", Own),
        post("/v1/profiles", json!({ "profile": { "name": "mine", "spec": spec() } }), 201, Own),
        get("/v1/profiles/{profile}", Absent),
        patch("/v1/profiles/{profile}", json!({ "profile": { "metadata": { "a": 1 } } }), 200),
    ]
}

pub(super) fn last() -> Vec<Endpoint> {
    vec![delete("/v1/profiles/{spare-profile}", 204)]
}
