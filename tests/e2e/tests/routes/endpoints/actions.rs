//! Actions and events (spec api-resources O, P).

use super::Foreign::{Absent, Own, Same};
use super::{Endpoint, get, patch, post};
use serde_json::json;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        patch("/v1/actions/{running}", json!({ "action": { "status": "CANCELLED" } }), 202),
        get("/v1/actions", Own),
        get("/v1/actions?cluster_id={cluster}", Own),
        get("/v1/actions/{action}", Absent),
        // Refused to everyone.
        post("/v1/actions", json!({ "action": {} }), 403, Same),
        get("/v1/events", Own),
        get("/v1/events?cluster_id={cluster}", Own),
        get("/v1/events/{event}", Absent),
    ]
}
