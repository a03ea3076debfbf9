//! Receivers (spec api-resources M). The call of a webhook is tried apart: it asks for no token.

use super::Foreign::{Absent, Own, Refused};
use super::{Endpoint, delete, get, patch, post};
use coppice_e2e::READER;
use http::Method;
use serde_json::json;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let webhook = json!({ "receiver": {
        "name": "mine", "type": "webhook", "cluster_id": "{cluster}", "action": "CLUSTER_CHECK",
    } });
    vec![
        get("/v1/receivers", Own),
        // These three are for the owner of the cluster and of the receiver, beside administrators.
        post("/v1/receivers", webhook, 201, Refused).but(READER, 403),
        Endpoint::new(Method::POST, "/v1/receivers/{mailbox}/notify", None, 204, Absent).but(READER, 403),
        Endpoint::new(Method::POST, "/v1/receivers/{signed}/secret", None, 200, Absent).but(READER, 403),
        get("/v1/receivers/{receiver}", Absent),
        patch("/v1/receivers/{receiver}", json!({ "receiver": { "params": { "a": 1 } } }), 200),
        delete("/v1/receivers/{receiver}", 204),
    ]
}
