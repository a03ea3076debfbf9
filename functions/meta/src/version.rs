//! `GET /v1/` (spec api-common §2).

use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::document;
use coppice_api::error::Failure;
use coppice_api::operation::Operation;
use coppice_domain::fault::Fault;

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::any_caller("/", "Show this version of the API to a caller with a token", "versions_show")
        .ok(document::VERSION_DOCUMENT);

/// The version document, for a caller with a token; anyone who has one may read it.
pub(crate) async fn show(call: Call) -> Result<Response, Failure> {
    if call.body.is_some() {
        return Err(Fault::malformed().into());
    }
    Ok(call.respond().ok(&document::body(&call.origin, &call.mount)))
}
