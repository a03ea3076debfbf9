//! `POST /v1/clusters/{id}/actions` (spec api-resources I): the body's one key names the action.

mod add_nodes;
mod check;
mod complete_lifecycle;
mod del_nodes;
mod nodes;
mod policy;
mod recover;
mod replace_nodes;
mod resize;
mod scale;

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::limits::storable;
use coppice_api::microversion::{Feature, MIN, Microversion};
use coppice_api::operation::{Choice, Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::resize::ScaleDirection;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked};
use coppice_support::{refused, requester};
use policy::Change;
use serde_json::{Value, json};

const ENDPOINT: Endpoint = Endpoint { rule: "clusters:action", since: MIN, body: Body::Optional };

/// The keys of bodies that name an action.
const CHOICES: &[Choice] = &[
    Choice::new("add_nodes", Object::lenient(add_nodes::FIELDS)),
    Choice::new("del_nodes", Object::lenient(del_nodes::FIELDS)),
    Choice::new("replace_nodes", Object::lenient(replace_nodes::FIELDS)).since(Named::ReplaceNodes.since()),
    Choice::new("resize", Object::lenient(resize::FIELDS)),
    Choice::new("scale_out", Object::lenient(scale::FIELDS)),
    Choice::new("scale_in", Object::lenient(scale::FIELDS)),
    Choice::new("policy_attach", Object::strict(policy::FIELDS)),
    Choice::new("policy_detach", Object::strict(policy::DETACH_FIELDS)),
    Choice::new("policy_update", Object::strict(policy::FIELDS)),
    Choice::new("attach_policy", Object::strict(policy::FIELDS)),
    Choice::new("detach_policy", Object::strict(policy::DETACH_FIELDS)),
    Choice::new("update_policy", Object::strict(policy::FIELDS)),
    Choice::new("check", Object::lenient(check::FIELDS)),
    Choice::new("recover", Object::strict(recover::FIELDS)),
    Choice::new("complete_lifecycle", Object::lenient(complete_lifecycle::FIELDS))
        .since(Named::CompleteLifecycle.since()),
];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/clusters/{id}/actions", "Start the action that the body's one key names", ENDPOINT)
        .takes(Payload::OneOf(CHOICES))
        .accepted(Shown::One("action", views::ACTION_ID))
        .refuses(&[
            FaultKind::ActionConflict,
            FaultKind::ActionCooldown,
            FaultKind::ResourceInUse,
            FaultKind::ResourceIsLocked,
        ]);

/// The actions a request can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    AddNodes,
    DelNodes,
    ReplaceNodes,
    Resize,
    ScaleOut,
    ScaleIn,
    PolicyAttach,
    PolicyDetach,
    PolicyUpdate,
    Check,
    Recover,
    CompleteLifecycle,
}

impl Named {
    /// The action that a body's key names. The three about policies go by the name that their record has,
    /// too: that is how clients come to know them.
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "add_nodes" => Self::AddNodes,
            "del_nodes" => Self::DelNodes,
            "replace_nodes" => Self::ReplaceNodes,
            "resize" => Self::Resize,
            "scale_out" => Self::ScaleOut,
            "scale_in" => Self::ScaleIn,
            "policy_attach" | "attach_policy" => Self::PolicyAttach,
            "policy_detach" | "detach_policy" => Self::PolicyDetach,
            "policy_update" | "update_policy" => Self::PolicyUpdate,
            "check" => Self::Check,
            "recover" => Self::Recover,
            "complete_lifecycle" => Self::CompleteLifecycle,
            _ => return None,
        })
    }

    /// The microversion it exists since.
    const fn since(self) -> Microversion {
        match self {
            Self::ReplaceNodes => Feature::ReplaceNodes.since(),
            Self::CompleteLifecycle => Feature::CompleteLifecycle.since(),
            _ => MIN,
        }
    }
}

/// The one action that `body` asks for, and its data.
fn requested(body: Option<&JsonMap>) -> Result<(Named, &JsonMap), Fault> {
    let mut entries = body.into_iter().flatten();
    let (name, data) = entries.next().ok_or_else(|| Fault::http("No action specified"))?;
    if entries.next().is_some() {
        return Err(Fault::http("Multiple actions specified"));
    }
    let action =
        Named::parse(name).ok_or_else(|| Fault::http(format!("Unrecognized action '{name}' specified")))?;
    let data = data.as_object().ok_or_else(|| Fault::http("The data provided is not a map"))?;
    Ok((action, data))
}

/// Starts the action that the body names.
pub(crate) async fn create(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let (action, data) = requested(call.body.as_ref())?;
    call.gate(action.since())?;
    match action {
        Named::Resize => resize::resize(&env, &call, &id, data).await,
        Named::ScaleOut => scale::scale(&env, &call, &id, data, ScaleDirection::Out).await,
        Named::ScaleIn => scale::scale(&env, &call, &id, data, ScaleDirection::In).await,
        Named::AddNodes => add_nodes::add_nodes(&env, &call, &id, data).await,
        Named::DelNodes => del_nodes::del_nodes(&env, &call, &id, data).await,
        Named::ReplaceNodes => replace_nodes::replace_nodes(&env, &call, &id, data).await,
        Named::PolicyAttach => policy::change(&env, &call, &id, data, Change::Attach).await,
        Named::PolicyDetach => policy::change(&env, &call, &id, data, Change::Detach).await,
        Named::PolicyUpdate => policy::change(&env, &call, &id, data, Change::Update).await,
        Named::Check => check::check(&env, &call, &id, data).await,
        Named::Recover => recover::recover(&env, &call, &id, data).await,
        Named::CompleteLifecycle => complete_lifecycle::complete_lifecycle(&env, &call, data).await,
    }
}

/// Records an action on a cluster and answers with its id.
async fn accept(
    env: &Env,
    call: &Call,
    cluster: &Cluster,
    kind: ActionKind,
    inputs: JsonMap,
) -> Result<Response, Failure> {
    storable("the request", &inputs)?;
    let requester = requester(call);
    let action =
        accept::cluster_action(env, cluster, Asked::new(kind, inputs), requester).await.map_err(refused)?;
    Ok(call.respond().accepted(&json!({ "action": action }), action))
}

/// The fields of `data` that say something: null is as good as absent.
fn given(data: &JsonMap, fields: &[&str]) -> JsonMap {
    data.iter()
        .filter(|(name, value)| fields.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value): (&String, &Value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &Value) -> Result<Named, String> {
        let body = body.as_object().cloned();
        requested(body.as_ref()).map(|(action, _)| action).map_err(|fault| fault.message)
    }

    #[test]
    fn a_body_asks_for_exactly_one_known_action_with_a_map() {
        assert_eq!(requested(None).unwrap_err().message, "No action specified");
        for (body, text) in [
            (json!({}), "No action specified"),
            (json!({"check": {}, "recover": {}}), "Multiple actions specified"),
            (json!({"fly": {}}), "Unrecognized action 'fly' specified"),
            (json!({"resize_": {}}), "Unrecognized action 'resize_' specified"),
            (json!({"resize": 3}), "The data provided is not a map"),
            (json!({"resize": null}), "The data provided is not a map"),
        ] {
            assert_eq!(of(&body), Err(text.to_owned()), "{body}");
        }
        assert_eq!(of(&json!({"scale_in": {}})), Ok(Named::ScaleIn));
    }

    #[test]
    fn the_actions_on_policies_go_by_two_names() {
        for (one, other, action) in [
            ("policy_attach", "attach_policy", Named::PolicyAttach),
            ("policy_detach", "detach_policy", Named::PolicyDetach),
            ("policy_update", "update_policy", Named::PolicyUpdate),
        ] {
            assert_eq!(Named::parse(one), Some(action));
            assert_eq!(Named::parse(other), Some(action));
        }
    }

    #[test]
    fn what_is_described_is_known_and_as_old_as_described() {
        for choice in CHOICES {
            let named = Named::parse(choice.key).unwrap();
            assert_eq!(choice.since, named.since(), "{}", choice.key);
        }
        // Every action, and the three that go by two names.
        assert_eq!(CHOICES.len(), 12 + 3);
    }

    #[test]
    fn two_actions_came_later() {
        assert_eq!(Named::ReplaceNodes.since().to_string(), "1.3");
        assert_eq!(Named::CompleteLifecycle.since().to_string(), "1.9");
        assert_eq!(Named::Check.since(), MIN);
    }
}
