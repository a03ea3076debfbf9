//! `POST /v1/nodes/{id}/ops` (spec api-resources L6, schemas §5).

use crate::profile::type_of;
use crate::start::start;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, coerce};
use coppice_api::limits::storable;
use coppice_api::microversion::Feature;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::node::Node;
use coppice_domain::profile_types;
use coppice_engine::Env;
use coppice_engine::accept::Asked;
use coppice_support::find;
use serde_json::{Value, json};

const ENDPOINT: Endpoint =
    Endpoint { rule: "nodes:operation", since: Feature::Operations.since(), body: Body::Optional };

const PARAMS: &str = "params";
const FIELDS: &[Field] = &[Field::new(PARAMS, Kind::JsonMap).nullable()];

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
    supported(&type_of(&env, node.profile_id).await?, name, &parameters)?;
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

/// Refuses what nodes of this type do not do, and parameters that the operation does not take.
fn supported(type_name: &str, name: &str, parameters: &JsonMap) -> Result<(), Fault> {
    let operation = profile_types::find(type_name).and_then(|kind| kind.operation(name));
    let operation = operation.ok_or_else(|| {
        Fault::bad_request(format!(
            "The requested operation '{name}' is not supported by the profile type '{type_name}'"
        ))
    })?;
    operation.check(parameters)
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
    use coppice_domain::fault::MALFORMED;

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

    #[test]
    fn the_type_of_the_node_says_what_it_can_be_told() {
        let server = "os.nova.server-1.0";
        for (name, parameters, text) in [
            (
                "dance",
                json!({}),
                "The requested operation 'dance' is not supported by the profile type \
                 'os.nova.server-1.0'.",
            ),
            ("reboot", json!({ "params": {} }), "Unrecognizable parameter 'params'."),
            ("reboot", json!({ "type": "soft" }), "'soft' must be one of the allowed values: SOFT, HARD."),
            ("pause", json!({ "a": 1 }), MALFORMED),
        ] {
            let refused = supported(server, name, parameters.as_object().unwrap());
            assert_eq!(refused.map_err(|fault| fault.message), Err(text.to_owned()));
        }
        for (kind, name, parameters) in [
            (server, "reboot", json!({ "type": "HARD" })),
            (server, "pause", json!({})),
            ("os.heat.stack-1.0", "abandon", json!({ "any": "thing" })),
        ] {
            assert_eq!(supported(kind, name, parameters.as_object().unwrap()), Ok(()));
        }
    }
}
