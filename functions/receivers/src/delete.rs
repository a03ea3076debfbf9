//! `DELETE /v1/receivers/{id}` (spec api-resources M3).

use crate::queue;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::microversion::MIN;
use coppice_api::operation::Operation;
use coppice_api::respond;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_engine::Env;
use coppice_store::ReceiverWrite;
use coppice_support::{find, store_failed};

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:delete", since: MIN, body: Body::None };

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::delete("/receivers/{id}", "Delete a receiver", ENDPOINT)
    .no_content()
    .refuses(&[FaultKind::EResourceDeletion]);

/// Deletes a receiver. Its queue goes first: while the record is there, it can be asked for again.
pub(crate) async fn delete(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let receiver = find::<Receiver>(&env.store, &call.caller, &id).await?;
    if receiver.kind == ReceiverType::Message {
        queue::delete(&env, receiver.id).await?;
    }
    match env.store.receiver_delete(&receiver).await.map_err(store_failed)? {
        ReceiverWrite::Done => Ok(respond::no_content()),
        ReceiverWrite::Gone | ReceiverWrite::ClusterGone => Err(Fault::not_found("receiver", &id).into()),
    }
}
