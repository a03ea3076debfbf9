//! `POST /v1/receivers` (spec api-resources M1).

mod acting;

pub(crate) use acting::{schedulable, timed};

use crate::protection::{protect, secret, tell};
use crate::queue;
use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::lists::{ALL_RECEIVER_TYPES, CLUSTER_ACTIONS, RECEIVER_TYPES};
use coppice_api::fields::{Coerced, Field, Given, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ReceiverId;
use coppice_domain::receiver::{Receiver, ReceiverType, actor};
use coppice_engine::Env;
use coppice_support::name_taken;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "receivers:create", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).required(),
    Field::new("type", Kind::Enum(RECEIVER_TYPES)).required(),
    Field::new("cluster_id", Kind::String).nullable(),
    Field::new("action", Kind::Enum(CLUSTER_ACTIONS)).nullable(),
    // Taken, and of no effect: whom a receiver acts for is not for the request to say.
    Field::new("actor", Kind::JsonMap).nullable(),
    Field::new("params", Kind::JsonMap).nullable(),
];

const ADDED: &[Field] = &[
    Field::new("type", Kind::Enum(ALL_RECEIVER_TYPES)).required(),
    Field::new("schedule", Kind::JsonMap).nullable(),
    Field::new("protection", Kind::JsonMap).nullable(),
];

const RECEIVER: Object = Object::strict(FIELDS).adding(ADDED);

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post("/receivers", "Create a receiver", ENDPOINT)
    .takes(Payload::Wrapped("receiver", RECEIVER))
    .created(Shown::One("receiver", views::RECEIVER))
    .refuses(&[FaultKind::Forbidden, FaultKind::EResourceCreation]);

/// Makes a receiver of any type.
pub(crate) async fn create(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let asked = coerce(&RECEIVER.known(call.additions), call.created("receiver")?, call.microversion)?;
    let params = params(&asked);
    storable("params", &params)?;
    let name = asked.text("name").value().unwrap_or_default();
    if env.settings.name_unique && name_taken::<Receiver>(&env.store, &call.caller, name).await? {
        return Err(Fault::bad_request(format!("A receiver named '{name}' already exists.")).into());
    }
    let kind = asked.text("type").value();
    let is = |other: ReceiverType| kind == Some(other.name());
    if !is(ReceiverType::Schedule) && asked.map("schedule").value().is_some() {
        return Err(Fault::bad_request("Only a receiver of type 'schedule' has a schedule.").into());
    }
    let mut new = new(&env, &call, name, params);
    if let Some(given) = asked.map("protection").value() {
        if is(ReceiverType::Webhook) {
            new.kind = ReceiverType::Webhook;
        }
        protect(&mut new, given, || secret(&env))?;
    }
    let receiver = if is(ReceiverType::Message) {
        queue::create(&env, new).await?
    } else if is(ReceiverType::Schedule) {
        acting::scheduled(&env, &call, &asked, new).await?
    } else {
        acting::webhook(&env, &call, &asked, new).await?
    };
    let mut shown = views::receiver(&receiver, call.additions);
    tell(&mut shown, &receiver, None);
    Ok(call.respond().created(&json!({ "receiver": shown })))
}

/// The inputs as they are stored: none are an empty map, and null stays null.
fn params(asked: &Coerced) -> Option<JsonMap> {
    match asked.map("params") {
        Given::Absent => Some(JsonMap::new()),
        Given::Null => None,
        Given::Value(params) => Some(params.clone()),
    }
}

/// What receivers of all types have in common: a message receiver, without its channel.
fn new(env: &Env, call: &Call, name: &str, params: Option<JsonMap>) -> Receiver {
    let caller = &call.caller;
    Receiver {
        id: ReceiverId::new(env.ids.uuid()),
        name: name.to_owned(),
        kind: ReceiverType::Message,
        user: caller.user_id.clone(),
        project: caller.project_id.clone(),
        domain: caller.domain_id.clone(),
        roles: caller.roles.clone(),
        cluster_id: None,
        action: None,
        actor: actor(&caller.user_id, &caller.project_id),
        params,
        channel: JsonMap::new(),
        schedule: None,
        next_run: None,
        protection: None,
        created_at: env.now(),
        updated_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn asked(body: Value) -> Coerced {
        let mut body = body;
        body["name"] = "r".into();
        body["type"] = "webhook".into();
        coerce(FIELDS, body.as_object().unwrap(), MIN).unwrap()
    }

    #[test]
    fn inputs_that_are_null_stay_null() {
        for (body, stored) in [
            (json!({}), json!({})),
            (json!({"params": {}}), json!({})),
            (json!({"params": null}), json!(null)),
            (json!({"params": {"count": 1}}), json!({"count": 1})),
        ] {
            assert_eq!(json!(params(&asked(body))), stored);
        }
    }
}
