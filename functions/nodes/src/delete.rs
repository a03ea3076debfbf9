//! `DELETE /v1/nodes/{id}` (spec api-resources L4).

use crate::start::start;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, flag};
use coppice_api::microversion::{Feature, MIN, Microversion};
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::node::{Node, NodeStatus};
use coppice_engine::Env;
use coppice_engine::accept::Asked;
use coppice_support::find;
use serde_json::Value;

const ENDPOINT: Endpoint = Endpoint { rule: "nodes:delete", since: MIN, body: Body::Optional };
const FORCE: &str = "force";
const FIELDS: &[Field] = &[Field::new(FORCE, Kind::Boolean).since(Feature::ForceDelete)];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::delete("/nodes/{id}", "Delete a node by an action", ENDPOINT)
        .takes(Payload::Plain(Object::lenient(FIELDS)))
        .accepted(Shown::Null)
        .refuses(&[FaultKind::ActionInProgress, FaultKind::ResourceInUse]);

/// Starts the deletion of a node. What it is doing is ended by the engine; nothing has to be waited for.
pub(crate) async fn delete(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let force = forced(call.body.as_ref(), call.microversion)?;
    let node = find::<Node>(&env.store, &call.caller, &id).await?;
    deletable(&node, &id, force)?;
    let action = start(&env, &call, &node, Asked::new(ActionKind::NodeDelete, JsonMap::new())).await?;
    Ok(call.respond().accepted(&Value::Null, action))
}

/// Whether the body forces the deletion; unlike with clusters, the query has no say. Microversions before
/// 1.8 check the value and do nothing with it.
fn forced(body: Option<&JsonMap>, microversion: Microversion) -> Result<bool, Fault> {
    let Some(body) = body.filter(|body| !body.is_empty()) else { return Ok(false) };
    match body.get(FORCE) {
        None | Some(Value::Null) => Err(Fault::http("None is not of type 'boolean'")),
        Some(value) => Ok(flag::parse_value(FORCE, value)? && microversion.has(Feature::ForceDelete)),
    }
}

/// Refuses to delete a node that is being changed, unless forced, and one that hosts other nodes in any
/// case.
fn deletable(node: &Node, reference: &str, force: bool) -> Result<(), Fault> {
    let changing = matches!(
        node.status,
        NodeStatus::Creating | NodeStatus::Updating | NodeStatus::Deleting | NodeStatus::Recovering
    );
    if changing && !force {
        return Err(Fault::new(
            FaultKind::ActionInProgress,
            format!("The node '{reference}' is in status {}.", node.status.name()),
        ));
    }
    if !node.has_dependents() {
        return Ok(());
    }
    let text =
        format!("The node '{reference}' cannot be deleted: still depended by other clusters and/or nodes.");
    Err(Fault::new(FaultKind::ResourceInUse, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::node;
    use coppice_api::microversion::MAX;
    use serde_json::json;

    #[test]
    fn force_comes_by_body_and_counts_from_1_8() {
        let none = "None is not of type 'boolean'";
        for (body, microversion, expected) in [
            (None, MAX, Ok(false)),
            (Some(json!({})), MAX, Ok(false)),
            (Some(json!({ "force": true })), MAX, Ok(true)),
            (Some(json!({ "force": "TRUE", "other": 1 })), MAX, Ok(true)),
            (Some(json!({ "force": false })), MAX, Ok(false)),
            (Some(json!({ "force": true })), MIN, Ok(false)),
            (Some(json!({ "force": null })), MAX, Err(none)),
            (Some(json!({ "other": 1 })), MIN, Err(none)),
            (Some(json!({ "force": "" })), MIN, Err("Invalid value '' specified for 'force'")),
            (Some(json!({ "force": 1 })), MAX, Err("Invalid value '1' specified for 'force'")),
            (Some(json!({ "force": ["x"] })), MAX, Err("Invalid value '['x']' specified for 'force'")),
        ] {
            let body = body.as_ref().and_then(Value::as_object);
            let got = forced(body, microversion).map_err(|fault| fault.message);
            assert_eq!(got, expected.map_err(str::to_owned), "{body:?}");
        }
    }

    #[test]
    fn a_node_that_is_changing_or_hosts_others_stays() {
        let refusal =
            |node: &Node, force| deletable(node, "n1", force).map_err(|fault| (fault.kind, fault.message));
        for status in NodeStatus::ALL {
            let busy = ["CREATING", "UPDATING", "DELETING", "RECOVERING"].contains(&status.name());
            let node = Node { status, ..node() };
            assert_eq!(refusal(&node, true), Ok(()));
            let text = format!("The node 'n1' is in status {}.", status.name());
            let expected = if busy { Err((FaultKind::ActionInProgress, text)) } else { Ok(()) };
            assert_eq!(refusal(&node, false), expected);
        }
        let mut host = node();
        host.dependents.insert("profiles".to_owned(), json!(["p"]));
        host.dependents.insert("nodes".to_owned(), json!([]));
        assert_eq!(refusal(&host, false), Ok(()));
        host.dependents.insert("nodes".to_owned(), json!(["a"]));
        let text = "The node 'n1' cannot be deleted: still depended by other clusters and/or nodes.";
        assert_eq!(refusal(&host, true), Err((FaultKind::ResourceInUse, text.to_owned())));
    }
}
