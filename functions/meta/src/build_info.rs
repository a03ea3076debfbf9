//! `GET /v1/build-info` (spec api-resources C).

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Operation, Shown};
use coppice_api::views;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "build_info:build_info", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::get("/build-info", "Show the revisions of the API and of the engine", ENDPOINT)
        .ok(Shown::One("build_info", views::BUILD_INFO));

/// The revision both parts of the reference report unless an operator configures another.
const REVISION: &str = "1.0";

/// The revisions of the API and of the engine.
pub(crate) async fn show(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    Ok(call.respond().ok(&json!({ "build_info": views::build_info(REVISION) })))
}
