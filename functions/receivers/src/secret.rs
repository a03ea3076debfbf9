//! `POST /v1/receivers/{id}/secret`: another secret for a webhook whose calls are signed. An addition of this
//! service.

use crate::owner::only_owner;
use crate::protection::{secret, tell};
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::receiver::{Protection, Receiver};
use coppice_engine::Env;
use coppice_store::ReceiverWrite;
use coppice_support::{find, store_failed};
use serde_json::json;
use std::time::Duration;

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:secret", since: MIN, body: Body::Optional };

const FIELDS: &[Field] = &[Field::new("grace", Kind::NonNegativeInt)];
/// Seconds for which the secret that was in use still counts, if the request does not say: a day.
const GRACE: i64 = 86_400;
/// The most that a request can ask for: a week.
const LONGEST_GRACE: i64 = 7 * GRACE;

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/receivers/{id}/secret", "Give a webhook another secret", ENDPOINT)
        .takes(Payload::Plain(Object::strict(FIELDS)))
        .ok(Shown::One("receiver", views::RECEIVER))
        .refuses(&[FaultKind::Forbidden]);

/// Gives a webhook another secret, and tells it.
pub(crate) async fn rotate(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(FIELDS, &call.body.clone().unwrap_or_default(), call.microversion)?;
    let grace = asked.integer("grace").value().unwrap_or(GRACE);
    if grace > LONGEST_GRACE {
        return Err(Fault::bad_request(format!("The grace is longer than {LONGEST_GRACE} seconds.")).into());
    }
    let before = find::<Receiver>(&env.store, &call.caller, &id).await?;
    only_owner(&call.caller, &before)?;
    let signed =
        before.protection.as_ref().and_then(|protection| Some((protection, protection.signing.as_ref()?)));
    let Some((protection, signing)) = signed else {
        return Err(Fault::bad_request("The calls of this receiver are not signed.").into());
    };
    let now = env.now();
    let signing = signing.rotated(secret(&env), now, Duration::from_secs(grace.unsigned_abs()));
    let protection = Protection { signing: Some(signing), ..protection.clone() };
    let after = Receiver { protection: Some(protection), updated_at: Some(now), ..before.clone() };
    match env.store.receiver_update(&before, &after).await.map_err(store_failed)? {
        ReceiverWrite::Done => {
            let mut shown = views::receiver(&after, true);
            tell(&mut shown, &after, Some(&before));
            Ok(call.respond().ok(&json!({ "receiver": shown })))
        }
        ReceiverWrite::Gone | ReceiverWrite::ClusterGone => Err(Fault::not_found("receiver", &id).into()),
    }
}
