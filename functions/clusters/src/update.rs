//! `PATCH /v1/clusters/{id}` (spec api-resources H2).

use axum::extract::{Path, State};
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Given, Kind, coerce};
use coppice_api::limits::{storable, storable_together};
use coppice_api::microversion::{Feature, MIN};
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ProfileId;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked};
use coppice_support::{cluster_view, maybe_referenced, refused, requester, show_cluster};
use serde_json::{Value, json};

const ENDPOINT: Endpoint = Endpoint { rule: "clusters:update", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).nullable(),
    Field::new("profile_id", Kind::String).nullable(),
    Field::new("metadata", Kind::JsonMap).nullable(),
    Field::new("timeout", Kind::NonNegativeInt).nullable(),
    Field::new("profile_only", Kind::Boolean).nullable().since(Feature::ProfileOnly),
    Field::new("config", Kind::JsonMap).nullable().since(Feature::ClusterConfig),
];

/// This endpoint.
pub(crate) const OPERATION: Operation = Operation::patch(
    "/clusters/{id}",
    "Change a cluster by an action; the answer shows it as it is until then",
    ENDPOINT,
)
.takes(Payload::Wrapped("cluster", Object::strict(FIELDS)))
.accepted(Shown::One("cluster", views::CLUSTER))
.refuses(&[FaultKind::FeatureNotSupported, FaultKind::ActionConflict, FaultKind::ResourceIsLocked]);

/// Starts the update of a cluster; answers with the values it has until then.
pub(crate) async fn update(
    State(env): State<Env>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let mut body = call.updated("cluster")?.clone();
    // The path says which cluster; what the body says about that does not count.
    body.remove("identity");
    let asked = coerce(FIELDS, &body, call.microversion)?;
    // At once, to save the time of a read; the cluster's error goes first all the same.
    let (view, wanted) = tokio::join!(
        cluster_view(&env.store, &call.caller, &id),
        maybe_referenced::<Profile>(&env.store, &call.caller, asked.text("profile_id").value())
    );
    let view = view?;
    let cluster = &view.cluster;
    if cluster.status == ClusterStatus::Error {
        return Err(Fault::new(
            FaultKind::FeatureNotSupported,
            "Updating a cluster in error state is not supported.",
        )
        .into());
    }
    let profile = wanted?.map(|wanted| suitable(cluster, &wanted)).transpose()?;
    let inputs = changes(cluster, &asked, profile);
    if inputs.is_empty() {
        return Err(Fault::bad_request("No property needs an update.").into());
    }
    storable("the update", &inputs)?;
    let kept = |name: &str, now: &JsonMap| {
        inputs.get(name).and_then(Value::as_object).cloned().unwrap_or_else(|| now.clone())
    };
    let together = (kept("metadata", &cluster.metadata), kept("config", &cluster.config));
    storable_together("metadata and config", &together)?;
    let requester = requester(&call);
    let asked = Asked::new(ActionKind::ClusterUpdate, inputs);
    // The name of the present profile is all that is left to read: while the update is recorded.
    let (action, shown) = tokio::join!(
        accept::cluster_action(&env, cluster, asked, requester),
        show_cluster(&env.store, &view)
    );
    let action = action.map_err(refused)?;
    Ok(call.respond().accepted(&json!({ "cluster": shown? }), action))
}

/// The profile to change to: of the same type as the present one.
fn suitable(cluster: &Cluster, wanted: &Profile) -> Result<ProfileId, Fault> {
    if wanted.type_name != cluster.profile_type {
        let text = "Cannot update a cluster to a different profile type, operation aborted.";
        return Err(Fault::bad_request(text));
    }
    Ok(wanted.id)
}

/// What the update action is told: the properties that differ. Null differs from every value, and
/// `profile_only` counts whenever it is given.
fn changes(cluster: &Cluster, asked: &Coerced, profile: Option<ProfileId>) -> JsonMap {
    let mut inputs = JsonMap::new();
    let mut change = |key: &str, given: Given<Value>, present: Value| match given.given() {
        Some(new) if new.as_ref() != Some(&present) => {
            inputs.insert(key.to_owned(), new.unwrap_or_default());
        }
        _ => {}
    };
    let map = |name| asked.map(name).map(|map: &JsonMap| Value::from(map.clone()));
    change("metadata", map("metadata"), cluster.metadata.clone().into());
    change("timeout", asked.integer("timeout").map(Value::from), cluster.timeout.into());
    change("name", asked.text("name").map(Value::from), cluster.name.clone().into());
    change("config", map("config"), cluster.config.clone().into());
    if let Some(id) = profile.filter(|id| *id != cluster.profile_id) {
        inputs.insert("new_profile_id".to_owned(), json!(id));
    }
    if let Some(only) = asked.boolean("profile_only").given() {
        inputs.insert("profile_only".to_owned(), json!(only));
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cluster;
    use coppice_api::microversion::MAX;
    use uuid::Uuid;

    fn changed(body: &Value, profile: Option<ProfileId>) -> Value {
        let asked = coerce(FIELDS, body.as_object().unwrap(), MAX).unwrap();
        changes(&cluster(), &asked, profile).into()
    }

    #[test]
    fn only_what_differs_is_changed() {
        for (body, inputs) in [
            (json!({}), json!({})),
            (json!({"name": "c", "timeout": "3600", "metadata": {}, "config": {}}), json!({})),
            (json!({"name": "d", "timeout": 0}), json!({"name": "d", "timeout": 0})),
            (json!({"metadata": {"a": 1}}), json!({"metadata": {"a": 1}})),
            (json!({"metadata": null, "name": null}), json!({"metadata": null, "name": null})),
            (json!({"profile_only": false}), json!({"profile_only": false})),
            (json!({"profile_only": null}), json!({"profile_only": null})),
        ] {
            assert_eq!(changed(&body, None), inputs, "{body}");
        }
    }

    #[test]
    fn another_profile_is_named_by_its_id() {
        let same = cluster().profile_id;
        assert_eq!(changed(&json!({"profile_id": "p"}), Some(same)), json!({}));
        let other = ProfileId::new(Uuid::from_u128(77));
        assert_eq!(changed(&json!({"profile_id": "q"}), Some(other)), json!({"new_profile_id": other}));
    }
}
