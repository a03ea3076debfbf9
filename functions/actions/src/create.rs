//! `POST /v1/actions` (spec api-resources O): nobody may, administrators included.

use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload};
use coppice_domain::fault::Fault;

const ENDPOINT: Endpoint = Endpoint { rule: "actions:create", since: MIN, body: Body::Optional };

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/actions", "Nobody may: actions come from requests on clusters and nodes", ENDPOINT)
        .takes(Payload::Plain(Object::ANY));

/// Always 403: actions come from requests on clusters and nodes.
pub(crate) async fn create(call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    Err(Fault::forbidden().into())
}
