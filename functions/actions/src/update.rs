//! `PATCH /v1/actions/{id}` (spec api-resources O): the one thing that can be changed is that it goes on.

use crate::kept;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce, flag};
use coppice_api::microversion::Feature;
use coppice_api::operation::{Answer, Object, Operation, Parameter, Payload, Shown};
use coppice_api::raw;
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_engine::Env;
use coppice_engine::cancel::cancel;
use coppice_support::{find_exactly, refused};

const ENDPOINT: Endpoint =
    Endpoint { rule: "actions:update", since: Feature::ActionUpdate.since(), body: Body::Required };
const FORCE: &str = "force";
const QUERY: &[Parameter] = &[Parameter::flag(FORCE)];
const STATUS: &str = "status";
const FIELDS: &[Field] = &[Field::new(STATUS, Kind::String).required()];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::patch("/actions/{id}", "Cancel an action", ENDPOINT)
    .reads(QUERY)
    .takes(Payload::Wrapped("action", Object::strict(FIELDS)))
    .answers(Answer::new(202, Shown::Status).unversioned())
    .refuses(&[FaultKind::ActionImmutable]);

/// Cancels an action, named by its whole id.
pub(crate) async fn update(
    State(env): State<Env>,
    Path(id): Path<String>,
    headers: HeaderMap,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let force = asked(&call, &id)?;
    let action = find_exactly::<Action>(&env.store, &call.caller, &id).await?;
    if !kept::action(&env)(&action) {
        return Err(Fault::not_found("action", &id).into());
    }
    cancel(&env, &action, force).await.map_err(refused)?;
    Ok(raw::accepted(&headers))
}

/// Whether the cancellation of action `id`, which is all that can be asked for, is to be forced.
fn asked(call: &Call, id: &str) -> Result<bool, Fault> {
    let mut body = call.updated("action")?.clone();
    let force = call.query.iter().rev().find(|(key, _)| key == FORCE);
    let force = force.map_or(Ok(false), |(_, text)| flag::parse(FORCE, text))?;
    // The path and the query say these; what the body says about them does not count.
    body.remove("identity");
    body.remove(FORCE);
    let asked = coerce(FIELDS, &body, call.microversion)?;
    let status = asked.text(STATUS).value().unwrap_or_default();
    if status != ActionStatus::Cancelled.name() {
        return Err(Fault::bad_request(format!("Unknown status {status} for action {id}")));
    }
    Ok(force)
}
