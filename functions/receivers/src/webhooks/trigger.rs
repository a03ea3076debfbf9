//! `POST /v1/webhooks/{id}/trigger` (spec api-resources N): the one endpoint without a token.
//!
//! Whoever knows the URL may call it. What a call can do is bounded by the receiver: its action on its
//! cluster, for the cluster's owner, with the roles that were recorded with it.

use super::signature::verified;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint, Unclaimed};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::{Feature, MIN, Microversion};
use coppice_api::operation::{Object, Operation, Parameter, Payload, Shown};
use coppice_api::raw::RawError;
use coppice_api::views;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::receiver::signing::signed;
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_engine::Env;
use coppice_engine::receivers::{Called, admit, start};
use coppice_store::Scope;
use coppice_support::{find_within, owner, refused};
use serde_json::{Value, json};

const ENDPOINT: Endpoint = Endpoint { rule: "webhooks:trigger", since: MIN, body: Body::Optional };

/// How the body of a call is meant.
const VERSION: &str = "V";
const QUERY: &[Parameter] = &[Parameter::required(VERSION)];
const PARAMS: &str = "params";
const FIELDS: &[Field] = &[Field::new(PARAMS, Kind::JsonMap).nullable()];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::unclaimed("/webhooks/{id}/trigger", "Start the action of a receiver", ENDPOINT)
        .reads(QUERY)
        .takes(Payload::Revised {
            feature: Feature::WebhookBody,
            now: Object::ANY,
            before: Object::strict(FIELDS),
        })
        .accepted(Shown::One("action", views::ACTION_ID))
        .refuses(&[
            FaultKind::ActionConflict,
            FaultKind::ActionCooldown,
            FaultKind::ResourceIsLocked,
            FaultKind::Forbidden,
            FaultKind::TooManyRequests,
        ]);

/// Starts a receiver's action.
pub(crate) async fn trigger(
    State(env): State<Env>,
    Path(id): Path<String>,
    mut call: Unclaimed,
) -> Result<Response, Failure> {
    let versions = versions(&call.query);
    if versions.iter().all(String::is_empty) {
        return Ok(RawError::webhook_without_version().respond(call.headers()));
    }
    let receiver = find_within::<Receiver>(&env.store, Scope::All, &id).await?;
    if receiver.kind == ReceiverType::Schedule {
        // It has no URL: to those who make one up it is not there.
        return Err(Fault::not_found("receiver", &id).into());
    }
    let signature = match receiver.signing() {
        Some(signing) => {
            let body = call.bytes().await?;
            Some(verified(signing, call.headers(), &body, env.now())?)
        }
        None => None,
    };
    admit(&env, &receiver).await.map_err(refused)?;
    let call = call.on_behalf_of(owner(&receiver), &ENDPOINT).await?;
    let given = given(&call, &versions)?;
    let inputs = receiver.inputs(given);
    storable("inputs", &inputs)?;
    // A signed call that is repeated to the letter is the same call, whoever repeats it.
    let action = signature.map(|signature| signed(receiver.id, &signature));
    let called = Called { action, by: "webhook", inputs };
    let action = start(&env, &receiver, called).await.map_err(refused)?;
    Ok(call.respond().accepted(&json!({ "action": action }), action))
}

/// Every `V` of the query. Other parameters are for people to read.
fn versions(query: &[(String, String)]) -> Vec<String> {
    query.iter().filter(|(key, _)| key == VERSION).map(|(_, value)| value.clone()).collect()
}

/// What the call adds to the receiver's own inputs.
fn given(call: &Call, versions: &[String]) -> Result<JsonMap, Fault> {
    let body = call.body.clone();
    if call.microversion.has(Feature::WebhookBody) {
        return Ok(body.unwrap_or_default());
    }
    // Before 1.10 no body is a body that says `params` are null.
    let body = body.unwrap_or_else(|| JsonMap::from_iter([(PARAMS.to_owned(), Value::Null)]));
    if versions == ["1"] { wrapped(&body, call.microversion) } else { Ok(body) }
}

/// The oldest form of a body: the inputs under `params`, and nothing beside.
fn wrapped(body: &JsonMap, microversion: Microversion) -> Result<JsonMap, Fault> {
    Ok(coerce(FIELDS, body, microversion)?.map(PARAMS).value().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, webhook};
    use coppice_api::fields::parse_query;

    const OLD: Microversion = Microversion { major: 1, minor: 9 };
    const NEW: Microversion = Microversion { major: 1, minor: 10 };

    fn inputs(query: &str, body: Option<Value>, at: Microversion) -> Result<Value, String> {
        let given = given(&call(body, at), &versions(&parse_query(query)));
        given.map(|given| webhook().inputs(given).into()).map_err(|fault| fault.message)
    }

    #[test]
    fn engine_receivers_health_events_1_1_a_body_is_read_as_microversion_and_version_say() {
        let own = json!({"count": 1});
        for (query, at, body, expected) in [
            // The old form: inputs under `params`.
            ("V=1", OLD, None, own.clone()),
            ("V=1", OLD, Some(json!({})), own.clone()),
            ("V=1", OLD, Some(json!({"params": null})), own.clone()),
            ("V=1", OLD, Some(json!({"params": {"count": 2}})), json!({"count": 2})),
            // The body is the inputs, and no body is one that says so.
            ("V=2", OLD, None, json!({"count": 1, "params": null})),
            ("V=2", OLD, Some(json!({})), own.clone()),
            ("V=2", OLD, Some(json!({"count": 2})), json!({"count": 2})),
            ("V=2&count=7", OLD, Some(json!({"params": {"a": 1}})), json!({"count": 1, "params": {"a": 1}})),
            ("V=3", OLD, None, json!({"count": 1, "params": null})),
            ("V=1&V=1", OLD, Some(json!({"a": 1})), json!({"count": 1, "a": 1})),
            ("V=1&V=", OLD, Some(json!({"a": 1})), json!({"count": 1, "a": 1})),
            // The same whatever the version, and no body is none.
            ("V=1", NEW, None, own.clone()),
            ("V=2", NEW, None, own),
            ("V=1", NEW, Some(json!({"params": {"a": 1}})), json!({"count": 1, "params": {"a": 1}})),
            ("V=2", NEW, Some(json!({"count": "x"})), json!({"count": "x"})),
        ] {
            assert_eq!(inputs(query, body.clone(), at), Ok(expected), "{query} {body:?} {at}");
        }
    }

    #[test]
    fn the_old_form_takes_params_and_nothing_else() {
        let beyond = "Additional properties are not allowed ('count' was unexpected)";
        for (body, text) in [
            (json!({"count": 1}), beyond),
            (json!({"params": {}, "count": 1}), beyond),
            (json!({"params": 3}), "3 is not of type 'object', 'null'"),
            (json!({"params": "x"}), "The value (x) is not a valid JSON."),
        ] {
            assert_eq!(inputs("V=1", Some(body.clone()), OLD), Err(text.to_owned()), "{body}");
        }
    }
}
