//! `GET /v1/build-info` (spec api-resources C).

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "build_info:build_info", since: MIN, body: Body::None };

/// The revision both parts of the reference report unless an operator configures another.
const REVISION: &str = "1.0";

/// The revisions of the API and of the engine.
pub(crate) async fn show(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let body = json!({
        "build_info": { "api": { "revision": REVISION }, "engine": { "revision": REVISION } }
    });
    Ok(call.respond().ok(&body))
}
