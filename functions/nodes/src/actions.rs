//! `POST /v1/nodes/{id}/actions` (spec api-resources L5).

use crate::start::start;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind};
use coppice_api::limits::storable;
use coppice_api::microversion::MIN;
use coppice_api::operation::{Choice, Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::node::Node;
use coppice_domain::recovery::{self, Recovered};
use coppice_engine::Env;
use coppice_engine::accept::Asked;
use coppice_support::find;
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "nodes:action", since: MIN, body: Body::Optional };

/// The keys of bodies that name an action.
const CHOICES: &[Choice] =
    &[Choice::new("check", Object::ANY), Choice::new("recover", Object::strict(RECOVER_FIELDS))];

/// What a recovery can be told.
const RECOVER_FIELDS: &[Field] = &[
    Field::new("operation", Kind::Enum(&recovery::OPERATIONS)),
    Field::new("operation_params", Kind::Any),
    Field::new("check", Kind::Any),
    Field::new("delete_timeout", Kind::Any),
    Field::new("force_recreate", Kind::Any),
];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/nodes/{id}/actions", "Start the action that the body's one key names", ENDPOINT)
        .takes(Payload::OneOf(CHOICES))
        .accepted(Shown::One("action", views::ACTION_ID))
        .refuses(&[FaultKind::ActionConflict]);

/// The actions a request can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Check,
    Recover,
}

impl Named {
    /// The action that a body's key names.
    fn parse(name: &str) -> Option<Self> {
        match name {
            "check" => Some(Self::Check),
            "recover" => Some(Self::Recover),
            _ => None,
        }
    }

    const fn kind(self) -> ActionKind {
        match self {
            Self::Check => ActionKind::NodeCheck,
            Self::Recover => ActionKind::NodeRecover,
        }
    }

    /// What the action is told. The parameters of a check are not looked at.
    fn inputs(self, parameters: &JsonMap) -> Result<JsonMap, Fault> {
        match self {
            Self::Check => Ok(parameters.clone()),
            Self::Recover => recovery::inputs(parameters, Recovered::Node),
        }
    }
}

/// Starts the action that the body names.
pub(crate) async fn create(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let (action, parameters) = requested(call.body.as_ref())?;
    let node = find::<Node>(&env.store, &call.caller, &id).await?;
    let inputs = action.inputs(parameters)?;
    storable("the parameters", &inputs)?;
    let action = start(&env, &call, &node, Asked::new(action.kind(), inputs)).await?;
    Ok(call.respond().accepted(&json!({ "action": action }), action))
}

/// The one action that `body` asks for, and its parameters.
fn requested(body: Option<&JsonMap>) -> Result<(Named, &JsonMap), Fault> {
    let mut entries = body.into_iter().flatten();
    let (name, parameters) = entries.next().ok_or_else(|| Fault::http("No action specified."))?;
    if entries.next().is_some() {
        return Err(Fault::http("Multiple actions specified."));
    }
    let action =
        Named::parse(name).ok_or_else(|| Fault::http(format!("Unrecognized action '{name}' specified")))?;
    let parameters =
        parameters.as_object().ok_or_else(|| Fault::http("The params provided is not a map."))?;
    Ok((action, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn of(body: &Value) -> Result<(Named, Value), String> {
        requested(body.as_object())
            .map(|(action, parameters)| (action, parameters.clone().into()))
            .map_err(|fault| fault.message)
    }

    #[test]
    fn a_body_asks_for_exactly_one_known_action_with_a_map() {
        assert_eq!(requested(None).unwrap_err().message, "No action specified.");
        for (body, text) in [
            (json!({}), "No action specified."),
            (json!({ "check": {}, "recover": {} }), "Multiple actions specified."),
            (json!({ "fly": 3 }), "Unrecognized action 'fly' specified"),
            (json!({ "delete": {} }), "Unrecognized action 'delete' specified"),
            (json!({ "check": null }), "The params provided is not a map."),
            (json!({ "recover": [] }), "The params provided is not a map."),
        ] {
            assert_eq!(of(&body), Err(text.to_owned()), "{body}");
        }
        assert_eq!(of(&json!({ "check": { "a": 1 } })), Ok((Named::Check, json!({ "a": 1 }))));
        assert_eq!(of(&json!({ "recover": {} })), Ok((Named::Recover, json!({}))));
    }

    #[test]
    fn what_is_described_is_known_and_a_recovery_takes_no_more() {
        assert!(CHOICES.iter().all(|choice| Named::parse(choice.key).is_some()));
        let described = RECOVER_FIELDS.iter().map(|field| (field.name.to_owned(), json!({})));
        let mut given = JsonMap::from_iter(described);
        given.insert("operation".to_owned(), json!("REBUILD"));
        assert_eq!(Named::Recover.inputs(&given).as_ref(), Ok(&given));
        given.insert("other".to_owned(), json!(1));
        assert!(Named::Recover.inputs(&given).is_err());
    }
}
