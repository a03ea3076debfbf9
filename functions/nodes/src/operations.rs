//! `POST /v1/nodes/{id}/ops` (spec api-resources L6, schemas §5).

use crate::start::start;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::Feature;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::node::Node;
use coppice_domain::profile_types::check_operation;
use coppice_engine::Env;
use coppice_engine::accept::Asked;
use coppice_support::find;
use serde_json::{Value, json};

const ENDPOINT: Endpoint =
    Endpoint { rule: "nodes:operation", since: Feature::Operations.since(), body: Body::Optional };

const PARAMS: &str = "params";
const FIELDS: &[Field] = &[Field::new(PARAMS, Kind::JsonMap).nullable()];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/nodes/{id}/ops", "Start the operation that the body's one key names", ENDPOINT)
        .takes(Payload::Named(Object::ANY.nullable()))
        .accepted(Shown::One("action", views::ACTION_ID));

/// Starts the operation that the body names, whatever else goes on at the node: it takes its turn.
pub(crate) async fn create(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let (name, value) = requested(call.body.as_ref())?;
    let given = JsonMap::from_iter([(PARAMS.to_owned(), value.clone())]);
    let asked = coerce(FIELDS, &given, call.microversion)?;
    let parameters = asked.map(PARAMS).value().cloned().unwrap_or_default();
    let node = find::<Node>(&env.store, &call.caller, &id).await?;
    check_operation(&node.profile_type, name, &parameters)?;
    storable("the parameters", &parameters)?;
    let action = Asked::new(ActionKind::NodeOperation, inputs(name, parameters));
    let action = action.named(Action::operation_name(ActionKind::NodeOperation, name, node.id.uuid()));
    let action = start(&env, &call, &node, action).await?;
    Ok(call.respond().accepted(&json!({ "action": action }), action))
}

/// The one operation that `body` asks for, and its parameters.
fn requested(body: Option<&JsonMap>) -> Result<(&str, &Value), Fault> {
    let mut entries = body.into_iter().flatten();
    let (name, parameters) = entries.next().ok_or_else(|| Fault::http("No operation specified."))?;
    if entries.next().is_some() {
        return Err(Fault::http("Multiple operations specified."));
    }
    Ok((name, parameters))
}

fn inputs(name: &str, parameters: JsonMap) -> JsonMap {
    JsonMap::from_iter([
        ("operation".to_owned(), name.into()),
        (PARAMS.to_owned(), Value::Object(parameters)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_asks_for_exactly_one_operation() {
        assert_eq!(requested(None).unwrap_err().message, "No operation specified.");
        for (body, text) in [
            (json!({}), "No operation specified."),
            (json!({ "start": {}, "stop": {} }), "Multiple operations specified."),
        ] {
            assert_eq!(requested(body.as_object()).unwrap_err().message, text);
        }
        let body = json!({ "reboot": null });
        assert_eq!(requested(body.as_object()), Ok(("reboot", &Value::Null)));
    }
}
