//! `POST /v1/receivers/{id}/notify` (spec api-resources M4).

use crate::messages;
use crate::owner::only_owner;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload};
use coppice_api::respond;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_engine::Env;
use coppice_support::find;

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:notify", since: MIN, body: Body::Optional };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post(
    "/receivers/{id}/notify",
    "Start what the messages on a receiver's queue ask for; a body says nothing",
    ENDPOINT,
)
.takes(Payload::Plain(Object::ANY))
.no_content()
.refuses(&[FaultKind::Forbidden]);

/// Collects what is on a receiver's queue. A body says nothing: the queue does.
pub(crate) async fn notify(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let receiver = find::<Receiver>(&env.store, &call.caller, &id).await?;
    only_owner(&call.caller, &receiver)?;
    if receiver.kind != ReceiverType::Message {
        return Err(Fault::bad_request("Notifying non-message receiver is not allowed.").into());
    }
    messages::collect(&env, &receiver).await?;
    Ok(respond::no_content())
}
