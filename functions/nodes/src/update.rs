//! `PATCH /v1/nodes/{id}` (spec api-resources L3).

use crate::profile::shown;
use crate::start::start;
use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, coerce};
use coppice_api::limits::{storable, storable_together};
use coppice_api::microversion::{Feature, MIN};
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ProfileId;
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_engine::accept::Asked;
use coppice_support::{find, maybe_referenced};
use serde_json::{Value, json};

const ENDPOINT: Endpoint = Endpoint { rule: "nodes:update", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("metadata", Kind::JsonMap).nullable(),
    Field::new("name", Kind::Name).nullable(),
    Field::new("profile_id", Kind::String).nullable(),
    Field::new("role", Kind::String).nullable(),
    Field::new("tainted", Kind::Boolean).nullable().since(Feature::Tainted),
];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::patch(
    "/nodes/{id}",
    "Change a node by an action; the answer shows it as it is until then",
    ENDPOINT,
)
.takes(Payload::Wrapped("node", Object::strict(FIELDS)))
.accepted(Shown::One("node", views::NODE))
.refuses(&[FaultKind::ActionConflict]);

/// Starts the update of a node, whatever its status; answers with the values it has until then.
pub(crate) async fn update(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let mut body = call.updated("node")?.clone();
    // The path says which node; what the body says about that does not count.
    body.remove("identity");
    let asked = coerce(FIELDS, &body, call.microversion)?;
    // At once, to save the time of a read; the node's error goes first all the same.
    let (node, wanted) = tokio::join!(
        find::<Node>(&env.store, &call.caller, &id),
        maybe_referenced::<Profile>(&env.store, &call.caller, asked.text("profile_id").value())
    );
    let node = node?;
    let profile = wanted?.map(|wanted| new_profile(&node, &wanted)).transpose()?;
    let inputs = changes(&node, &asked, profile);
    if inputs.is_empty() {
        return Err(Fault::bad_request("No property needs an update.").into());
    }
    storable("the update", &inputs)?;
    let kept = |name: &str, now: Value| inputs.get(name).cloned().unwrap_or(now);
    let together = (kept("metadata", json!(node.metadata)), kept("role", json!(node.role)));
    storable_together("metadata and role", &together)?;
    // The name of the present profile is all that is left to read: while the update is recorded.
    let (action, view) = tokio::join!(
        start(&env, &call, &node, Asked::new(ActionKind::NodeUpdate, inputs)),
        shown(&env, &call, &node)
    );
    let action = action?;
    Ok(call.respond().accepted(&json!({ "node": view? }), action))
}

/// The profile to change to: of the same type as the present one.
fn new_profile(node: &Node, wanted: &Profile) -> Result<ProfileId, Fault> {
    if wanted.type_name != node.profile_type {
        let text = "Cannot update a node to a different profile type, operation aborted.";
        return Err(Fault::bad_request(text));
    }
    Ok(wanted.id)
}

/// What the update action is told: the properties that differ. Null is a value of metadata, role and
/// `tainted`; a null name changes nothing.
fn changes(node: &Node, asked: &Coerced, profile: Option<ProfileId>) -> JsonMap {
    let mut inputs = JsonMap::new();
    let mut change = |key: &str, given: Option<Value>, present: Value| {
        if let Some(new) = given.filter(|new| *new != present) {
            inputs.insert(key.to_owned(), new);
        }
    };
    change("new_profile_id", profile.map(|id| json!(id)), json!(node.profile_id));
    change("name", asked.text("name").value().map(Value::from), json!(node.name));
    change("role", asked.text("role").given().map(|role| json!(role)), json!(node.role));
    change("metadata", asked.map("metadata").given().map(|map| json!(map)), json!(node.metadata));
    change("tainted", asked.boolean("tainted").given().map(|mark| json!(mark)), json!(node.tainted));
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::node;
    use coppice_api::microversion::MAX;
    use uuid::Uuid;

    fn told(node: &Node, body: &Value) -> Value {
        let asked = coerce(FIELDS, body.as_object().unwrap(), MAX).unwrap();
        changes(node, &asked, None).into()
    }

    #[test]
    fn an_update_is_told_what_differs() {
        let node = Node { name: "n".to_owned(), role: Some("r".to_owned()), ..node() };
        for (body, inputs) in [
            (json!({}), json!({})),
            (json!({ "name": "n", "role": "r", "metadata": null, "tainted": false }), json!({})),
            (json!({ "name": null, "profile_id": null }), json!({})),
            (json!({ "name": "m", "role": "" }), json!({ "name": "m", "role": "" })),
            (json!({ "role": null, "metadata": {} }), json!({ "role": null, "metadata": {} })),
            (json!({ "tainted": true }), json!({ "tainted": true })),
            (json!({ "tainted": null }), json!({ "tainted": null })),
        ] {
            assert_eq!(told(&node, &body), inputs, "{body}");
        }
    }

    #[test]
    fn only_another_profile_is_a_change() {
        let node = node();
        let other = ProfileId::new(Uuid::from_u128(9));
        let inputs = |profile| Value::from(changes(&node, &Coerced::default(), Some(profile)));
        assert_eq!(inputs(node.profile_id), json!({}));
        assert_eq!(inputs(other), json!({ "new_profile_id": other }));
    }

    #[test]
    fn a_mark_counts_from_1_13_on() {
        let asked = coerce(FIELDS, json!({ "tainted": true }).as_object().unwrap(), MIN).unwrap();
        assert!(changes(&node(), &asked, None).is_empty());
    }
}
