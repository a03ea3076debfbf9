//! The actions `policy_attach`, `policy_detach` and `policy_update` (spec api-resources I6–I8).

use super::accept;
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, coerce};
use coppice_api::microversion::Microversion;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::Fault;
use coppice_domain::ids::PolicyId;
use coppice_domain::policy::Policy;
use coppice_engine::Env;
use coppice_store::BoundCluster;
use coppice_support::{bound_cluster, find, referenced};
use serde_json::json;

const POLICY_ID: &str = "policy_id";
const ENABLED: &str = "enabled";
/// What attaching and updating can be told.
pub(super) const FIELDS: &[Field] = &[POLICY, Field::new(ENABLED, Kind::Boolean).nullable()];
/// What detaching can be told.
pub(super) const DETACH_FIELDS: &[Field] = &[POLICY];
const POLICY: Field = Field::new(POLICY_ID, Kind::String).required();

/// What is to become of a policy on a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Attach,
    Detach,
    Update,
}

/// Starts a change. Whether the policy suits the cluster is found out by the action.
pub(super) async fn change(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
    change: Change,
) -> Result<Response, Failure> {
    let asked = change.read(data, call.microversion)?;
    let given = asked.text(POLICY_ID).value().unwrap_or_default();
    let bound = async {
        match change {
            Change::Attach => find::<Cluster>(&env.store, &call.caller, reference)
                .await
                .map(|cluster| BoundCluster { cluster, bindings: Vec::new() }),
            Change::Detach | Change::Update => bound_cluster(&env.store, &call.caller, reference).await,
        }
    };
    // At once, to save the time of a read; the cluster's error goes first all the same.
    let (cluster, policy) = tokio::join!(bound, referenced::<Policy>(&env.store, &call.caller, given),);
    let (BoundCluster { cluster, bindings }, policy) = (cluster?, policy?);
    let attached = change == Change::Attach || bindings.iter().any(|binding| binding.policy_id == policy.id);
    if !attached {
        return Err(Fault::bad_request(format!(
            "The policy '{given}' is not attached to the specified cluster '{reference}'."
        ))
        .into());
    }
    accept(env, call, &cluster, change.kind(), change.inputs(policy.id, &asked)).await
}

impl Change {
    /// The data that came with the action.
    fn read(self, data: &JsonMap, microversion: Microversion) -> Result<Coerced, Fault> {
        let mut data = data.clone();
        // The path says which cluster; what the data says about that does not count.
        data.remove("identity");
        let fields = if self == Self::Detach { DETACH_FIELDS } else { FIELDS };
        coerce(fields, &data, microversion)
    }

    const fn kind(self) -> ActionKind {
        match self {
            Self::Attach => ActionKind::ClusterAttachPolicy,
            Self::Detach => ActionKind::ClusterDetachPolicy,
            Self::Update => ActionKind::ClusterUpdatePolicy,
        }
    }

    /// What the action is told. An update without `enabled` changes nothing, and a null is passed on.
    fn inputs(self, policy: PolicyId, asked: &Coerced) -> JsonMap {
        let mut inputs = JsonMap::from_iter([(POLICY_ID.to_owned(), json!(policy))]);
        let otherwise = if self == Self::Attach { Some(Some(true)) } else { None };
        if let Some(enabled) = asked.boolean(ENABLED).given().or(otherwise) {
            inputs.insert(ENABLED.to_owned(), json!(enabled));
        }
        inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::policy;
    use Change::{Attach, Detach, Update};
    use coppice_api::microversion::MIN;
    use serde_json::Value;

    fn told(change: Change, data: &Value) -> Result<Value, String> {
        let asked = change.read(data.as_object().unwrap(), MIN).map_err(|fault| fault.message)?;
        Ok(change.inputs(policy(1).id, &asked).into())
    }

    #[test]
    fn the_action_is_told_the_policys_id_and_whether_it_counts() {
        let id = policy(1).id;
        for (change, data, inputs) in [
            (Attach, json!({"policy_id": "p"}), json!({"policy_id": id, "enabled": true})),
            (Attach, json!({"policy_id": "p", "enabled": false}), json!({"policy_id": id, "enabled": false})),
            (Attach, json!({"policy_id": "p", "enabled": null}), json!({"policy_id": id, "enabled": null})),
            (Detach, json!({"policy_id": "p"}), json!({"policy_id": id})),
            (Update, json!({"policy_id": "p"}), json!({"policy_id": id})),
            (Update, json!({"policy_id": "p", "enabled": true}), json!({"policy_id": id, "enabled": true})),
            (Update, json!({"policy_id": "p", "enabled": null}), json!({"policy_id": id, "enabled": null})),
        ] {
            assert_eq!(told(change, &data), Ok(inputs), "{change:?} {data}");
        }
    }

    #[test]
    fn data_that_do_not_fit_are_refused_and_the_cluster_is_not_among_them() {
        let extra = |key| format!("Additional properties are not allowed ('{key}' was unexpected)");
        for change in [Attach, Detach, Update] {
            for (data, text) in [
                (json!({}), "'policy_id' is a required property".to_owned()),
                (json!({"policy_id": null}), "Field `policy_id' cannot be None".to_owned()),
                (json!({"policy_id": 3}), "3 is not of type 'string'".to_owned()),
                (
                    json!({"policy_id": ["p"]}),
                    "A string is required in field policy_id, not a list".to_owned(),
                ),
                (json!({"policy_id": "p", "priority": 1}), extra("priority")),
            ] {
                assert_eq!(told(change, &data), Err(text), "{change:?} {data}");
            }
            assert!(told(change, &json!({"policy_id": "p", "identity": 7})).is_ok());
        }
        let enabled = json!({"policy_id": "p", "enabled": "true"});
        let text = "'true' is not of type 'boolean', 'null'";
        assert_eq!(told(Attach, &enabled), Err(text.to_owned()));
        assert_eq!(told(Update, &enabled), Err(text.to_owned()));
        assert_eq!(told(Detach, &enabled), Err(extra("enabled")));
    }
}
