//! `GET /v1/openapi.json`: the API's description. The reference has none. It is made from the declarations
//! of every function by `cargo run -p coppice-openapi`, and a test of that crate fails when it is out of date.

use axum::response::{IntoResponse, Response};
use coppice_api::openapi;
use coppice_api::operation::{Answer, Operation, Shown};
use coppice_api::views;
use http::header::CONTENT_TYPE;

const DESCRIPTION: &[u8] = include_bytes!("openapi.json");

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::open(openapi::PATH, "Describe the API", "openapi_get")
    .answers(Answer::new(200, Shown::Whole(views::DESCRIPTION)).unversioned());

/// The description, for anyone.
pub(crate) async fn show() -> Response {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}
