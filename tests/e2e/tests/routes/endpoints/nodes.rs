//! Nodes (spec api-resources L). By now the node is no member.

use super::Foreign::{Absent, Failed, Own, Refused};
use super::{Endpoint, delete, get, patch, post};
use coppice_e2e::ADMIN;
use serde_json::json;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let instance = json!({ "identity": "{instance}", "type": "os.nova.server-1.0", "overrides": null });
    vec![
        get("/v1/nodes", Own),
        get("/v1/nodes?cluster_id={cluster}", Refused),
        post("/v1/nodes", json!({ "node": { "name": "mine", "profile_id": "{profile}" } }), 202, Refused),
        // Instances are made for one project, which an administrator's is not.
        post("/v1/nodes/adopt-preview", instance.clone(), 200, Failed).but(ADMIN, 500),
        post("/v1/nodes/adopt", instance, 200, Failed).but(ADMIN, 500),
        get("/v1/nodes/{node}?show_details=true", Absent),
        patch("/v1/nodes/{node}", json!({ "node": { "metadata": { "a": 1 } } }), 202),
        post("/v1/nodes/{node}/actions", json!({ "check": {} }), 202, Absent),
        post("/v1/nodes/{node}/actions", json!({ "recover": {} }), 202, Absent),
        post("/v1/nodes/{node}/ops", json!({ "reboot": { "type": "SOFT" } }), 202, Absent),
        delete("/v1/nodes/{node}", 202),
    ]
}
