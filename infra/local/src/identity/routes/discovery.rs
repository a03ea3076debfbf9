//! Version discovery: `GET /identity` and `GET /identity/v3`.

use super::super::DevIdentity;
use super::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

/// 300 with the list of versions: there is one.
pub(super) async fn versions(State(identity): Shared) -> impl IntoResponse {
    let body = json!({"versions": {"values": [document(&identity)]}});
    (StatusCode::MULTIPLE_CHOICES, [(header::LOCATION, identity.link(""))], Json(body))
}

/// 200 with the one version.
pub(super) async fn version(State(identity): Shared) -> Json<Value> {
    Json(json!({"version": document(&identity)}))
}

/// The Identity API of Keystone's releases since Ussuri.
fn document(identity: &DevIdentity) -> Value {
    json!({
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": identity.link("")}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    })
}
