//! `POST /v1/clusters/{id}/ops` (spec api-resources J1): the body's one key names an operation on the nodes.

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, Rules, Unknown, coerce_with};
use coppice_api::limits::storable;
use coppice_api::microversion::Feature;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_domain::profile_types::check_operation;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked};
use coppice_store::ClusterView;
use coppice_support::{cluster_view, refused, requester, store_failed};
use serde_json::{Value, json};

const ENDPOINT: Endpoint =
    Endpoint { rule: "clusters:operation", since: Feature::Operations.since(), body: Body::Optional };
const PARAMS: &str = "params";
const FILTERS: &str = "filters";
const FIELDS: &[Field] =
    &[Field::new(FILTERS, Kind::JsonMap).nullable(), Field::new(PARAMS, Kind::JsonMap).nullable()];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::post(
    "/clusters/{id}/ops",
    "Start the operation that the body's one key names, on the nodes that its filters choose",
    ENDPOINT,
)
.takes(Payload::Named(Object::lenient(FIELDS)))
.accepted(Shown::One("action", views::ACTION_ID))
.refuses(&[FaultKind::ActionConflict, FaultKind::ResourceIsLocked]);

/// What nodes can be chosen by.
const FILTER_KEYS: [&str; 4] = ["name", "profile_id", "status", "role"];

/// Starts an operation on the nodes that the filters choose.
pub(crate) async fn create(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let (operation, data) = requested(call.body.as_ref())?;
    let rules = Rules { unknown: Unknown::Ignored, ..Rules::default() };
    let asked = coerce_with(FIELDS, data, call.microversion, rules)?;
    let (params, filters) = (map(&asked, PARAMS), map(&asked, FILTERS));
    let view = cluster_view(&env.store, &call.caller, &id).await?;
    check_operation(&view.cluster.profile_type, operation, &params)?;
    check_filters(&filters)?;
    let nodes = chosen(&env, &view, &filters).await?;
    if nodes.is_empty() {
        return Err(Fault::bad_request("No node (matching the filter) could be found").into());
    }
    let inputs = JsonMap::from_iter([
        ("operation".to_owned(), json!(operation)),
        (PARAMS.to_owned(), params.into()),
        ("nodes".to_owned(), json!(nodes)),
    ]);
    storable("the request", &inputs)?;
    let kind = ActionKind::ClusterOperation;
    let name = Action::operation_name(kind, operation, view.cluster.id.uuid());
    let requester = requester(&call);
    let asked = Asked::new(kind, inputs).named(name);
    let action = accept::cluster_action(&env, &view.cluster, asked, requester).await.map_err(refused)?;
    Ok(call.respond().accepted(&json!({ "action": action }), action))
}

/// The one operation that `body` asks for, and what it says about it.
fn requested(body: Option<&JsonMap>) -> Result<(&str, &JsonMap), Fault> {
    let mut entries = body.into_iter().flatten();
    let (operation, data) = entries.next().ok_or_else(|| Fault::http("No operation specified"))?;
    if entries.next().is_some() {
        return Err(Fault::http("Multiple operations specified"));
    }
    let data = data.as_object().ok_or_else(|| Fault::http("The data provided is not a map"))?;
    Ok((operation, data))
}

/// Null and nothing are as good as an empty map.
fn map(asked: &Coerced, name: &str) -> JsonMap {
    asked.map(name).value().cloned().unwrap_or_default()
}

fn check_filters(filters: &JsonMap) -> Result<(), Fault> {
    let unknown = filters.keys().filter(|key| !FILTER_KEYS.contains(&key.as_str()));
    let lines: Vec<String> = unknown.map(|key| format!("Filter key '{key}' is unsupported")).collect();
    if lines.is_empty() { Ok(()) } else { Err(Fault::bad_request(lines.join("\n"))) }
}

/// The members that pass the filters, by index. Their records are read only if there is a filter.
async fn chosen(env: &Env, view: &ClusterView, filters: &JsonMap) -> Result<Vec<NodeId>, Failure> {
    let members: Vec<NodeId> = view.members.iter().map(|member| member.node).collect();
    if filters.is_empty() {
        return Ok(members);
    }
    let nodes = env.store.get_many::<Node>(&members).await.map_err(store_failed)?;
    Ok(nodes.into_iter().filter(|node| passes(node, filters)).map(|node| node.id).collect())
}

/// Whether a node has the value that each filter gives, or one of its values if it gives a list.
fn passes(node: &Node, filters: &JsonMap) -> bool {
    filters.iter().all(|(key, wanted)| {
        let value = match key.as_str() {
            "name" => json!(node.name),
            "profile_id" => json!(node.profile_id),
            "status" => json!(node.status.name()),
            "role" => json!(node.role),
            _ => return false,
        };
        match wanted {
            Value::Array(alternatives) => alternatives.contains(&value),
            wanted => *wanted == value,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::node;

    fn object(value: &Value) -> JsonMap {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_body_asks_for_exactly_one_operation_with_a_map() {
        let not_a_map = "The data provided is not a map";
        for (body, text) in [
            (json!({}), "No operation specified"),
            (json!({"reboot": {}, "pause": {}}), "Multiple operations specified"),
            (json!({"reboot": null}), not_a_map),
            (json!({"reboot": "SOFT"}), not_a_map),
            (json!({"reboot": []}), not_a_map),
        ] {
            assert_eq!(requested(Some(&object(&body))), Err(Fault::http(text)), "{body}");
        }
        assert_eq!(requested(None), Err(Fault::http("No operation specified")));
    }

    #[test]
    fn every_unknown_filter_is_named() {
        let refused = check_filters(&object(&json!({"name": "n", "colour": 1, "index": 2}))).unwrap_err();
        assert_eq!(refused.message, "Filter key 'colour' is unsupported\nFilter key 'index' is unsupported.");
    }

    #[test]
    fn filters_match_exactly_and_lists_are_alternatives() {
        let web = Node { role: Some("web".to_owned()), ..node(1) };
        for (filters, expected) in [
            (json!({"name": "n1"}), true),
            (json!({"name": "n"}), false),
            (json!({"status": ["ERROR", "ACTIVE"], "role": "web"}), true),
            (json!({"status": ["ERROR", "ACTIVE"], "role": "db"}), false),
            (json!({"status": "active"}), false),
            (json!({"role": []}), false),
            (json!({"role": null}), false),
            (json!({"profile_id": web.profile_id}), true),
        ] {
            assert_eq!(passes(&web, &object(&filters)), expected, "{filters}");
        }
        assert!(passes(&node(1), &object(&json!({"role": null}))));
    }
}
