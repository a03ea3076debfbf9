//! `PATCH /v1/receivers/{id}` (spec api-resources M2).

use crate::create::{schedulable, timed};
use crate::owner::only_owner;
use crate::protection::{protect, secret, tell};
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists::CLUSTER_ACTIONS;
use coppice_api::fields::{Coerced, Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_domain::time::Timestamp;
use coppice_engine::Env;
use coppice_store::ReceiverWrite;
use coppice_support::{find, store_failed};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:update", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).nullable(),
    Field::new("action", Kind::Enum(CLUSTER_ACTIONS)).nullable(),
    Field::new("params", Kind::JsonMap).nullable(),
];

const RECEIVER: Object = Object::strict(FIELDS).adding(&[
    Field::new("schedule", Kind::JsonMap).nullable(),
    Field::new("protection", Kind::JsonMap).nullable(),
]);

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::patch("/receivers/{id}", "Change a receiver", ENDPOINT)
    .takes(Payload::Wrapped("receiver", RECEIVER))
    .ok(Shown::One("receiver", views::RECEIVER))
    .refuses(&[FaultKind::Forbidden]);

/// Changes a receiver's name, action, inputs, schedule or protection. Its URL stays as it is: callers have it.
pub(crate) async fn update(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let mut body = call.updated("receiver")?.clone();
    // The path says which receiver; what the body says about that does not count.
    body.remove("identity");
    let asked = coerce(&RECEIVER.known(call.additions), &body, call.microversion)?;
    let before = find::<Receiver>(&env.store, &call.caller, &id).await?;
    let mut after = changed(&before, &asked, env.now())?;
    if let Some(given) = asked.map("protection").value() {
        // Others could take it away, or be told the secret.
        only_owner(&call.caller, &before)?;
        protect(&mut after, given, || secret(&env))?;
    }
    if after == before {
        return Err(Fault::bad_request("No property needs an update.").into());
    }
    storable("params", &after.params)?;
    after.updated_at = Some(env.now());
    match env.store.receiver_update(&before, &after).await.map_err(store_failed)? {
        ReceiverWrite::Done => {
            let mut shown = views::receiver(&after, call.additions);
            tell(&mut shown, &after, Some(&before));
            Ok(call.respond().ok(&json!({ "receiver": shown })))
        }
        ReceiverWrite::Gone | ReceiverWrite::ClusterGone => Err(Fault::not_found("receiver", &id).into()),
    }
}

/// The receiver with what was asked for; null changes nothing.
fn changed(before: &Receiver, asked: &Coerced, now: Timestamp) -> Result<Receiver, Fault> {
    let mut after = before.clone();
    if let Some(name) = asked.text("name").value() {
        name.clone_into(&mut after.name);
    }
    if let Some(action) = asked.text("action").value() {
        after.action = ActionKind::parse(action);
    }
    if let Some(params) = asked.map("params").value() {
        after.params = Some(params.clone());
    }
    if let Some(given) = asked.map("schedule").value() {
        let (schedule, next_run) = timed(given, now)?;
        if before.kind != ReceiverType::Schedule {
            return Err(Fault::bad_request("Only a receiver of type 'schedule' has a schedule."));
        }
        if before.schedule.as_ref() != Some(&schedule) {
            (after.schedule, after.next_run) = (Some(schedule), next_run);
        }
    }
    if let (ReceiverType::Schedule, Some(action)) = (after.kind, after.action) {
        schedulable(action)?;
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::webhook;
    use serde_json::Value;

    #[test]
    fn what_is_given_and_differs_is_changed() {
        let before = webhook();
        let after = |body: Value| {
            let asked = coerce(FIELDS, body.as_object().unwrap(), MIN).unwrap();
            changed(&before, &asked, Timestamp::from_micros(0)).unwrap()
        };
        for body in [
            json!({}),
            json!({"name": null, "params": null}),
            json!({"name": "r", "action": "CLUSTER_SCALE_OUT", "params": {"count": 1}}),
        ] {
            assert_eq!(after(body), before);
        }
        let changed = after(json!({"name": "s", "action": "CLUSTER_CREATE", "params": {}}));
        assert_eq!((changed.name.as_str(), changed.action), ("s", Some(ActionKind::ClusterCreate)));
        assert_eq!(changed.params, Some(Default::default()));
        assert_eq!((changed.channel, changed.created_at), (before.channel.clone(), before.created_at));
    }
}
