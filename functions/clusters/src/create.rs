//! `POST /v1/clusters` (spec api-resources H1).

use axum::extract::State;
use axum::response::Response;
use coppice_api::call::{Body, Call, Endpoint};
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Kind, Rules, coerce_with};
use coppice_api::limits::{storable, storable_together};
use coppice_api::microversion::MIN;
use coppice_api::operation::{Object, Operation, Payload, Shown};
use coppice_api::views;
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Sizes};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ClusterId;
use coppice_domain::profile::Profile;
use coppice_domain::resize::check_sizes;
use coppice_engine::{Env, Settings, accept};
use coppice_support::{name_taken, referenced, refused};
use serde_json::json;

const ENDPOINT: Endpoint = Endpoint { rule: "clusters:create", since: MIN, body: Body::Required };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).required(),
    Field::new("profile_id", Kind::String).required(),
    Field::new("min_size", Kind::Capacity { min: 0 }).nullable(),
    Field::new("max_size", Kind::Capacity { min: -1 }).nullable(),
    Field::new("desired_capacity", Kind::Capacity { min: 0 }).nullable(),
    Field::new("metadata", Kind::JsonMap).nullable(),
    Field::new("timeout", Kind::NonNegativeInt).nullable(),
    Field::new("config", Kind::JsonMap).nullable(),
];

/// This endpoint.
pub(crate) const OPERATION: Operation =
    Operation::post("/clusters", "Create a cluster and, by an action, its nodes", ENDPOINT)
        .takes(Payload::Wrapped("cluster", Object::strict(FIELDS)))
        .accepted(Shown::One("cluster", views::CLUSTER))
        .refuses(&[FaultKind::OverQuota]);

/// The first index a cluster gives to a node.
const FIRST_INDEX: i64 = 1;

/// Records a cluster and starts its creation.
pub(crate) async fn create(State(env): State<Env>, call: Call) -> Result<Response, Failure> {
    call.enter(&ENDPOINT)?;
    let rules = Rules { max_nodes_per_cluster: env.settings.max_nodes_per_cluster, ..Rules::default() };
    let asked = coerce_with(FIELDS, call.created("cluster")?, call.microversion, rules)?;
    let (metadata, config) = (map(&asked, "metadata"), map(&asked, "config"));
    storable("metadata", &metadata)?;
    storable("config", &config)?;
    storable_together("metadata and config", &(&metadata, &config))?;
    let name = asked.text("name").value().unwrap_or_default();
    if env.settings.name_unique && name_taken::<Cluster>(&env.store, &call.caller, name).await? {
        return Err(Fault::bad_request(format!("a cluster named '{name}' already exists.")).into());
    }
    let profile_id = asked.text("profile_id").value().unwrap_or_default();
    let profile = referenced::<Profile>(&env.store, &call.caller, profile_id).await?;
    let sizes = sizes(&asked, env.settings.max_nodes_per_cluster).map_err(Fault::bad_request)?;
    let cluster = Cluster {
        id: ClusterId::new(env.ids.uuid()),
        name: name.to_owned(),
        profile_id: profile.id,
        profile_type: profile.type_name.clone(),
        profile_refs: vec![profile.id],
        user: call.caller.user_id.clone(),
        project: call.caller.project_id.clone(),
        domain: call.caller.domain_id.clone(),
        sizes,
        next_index: FIRST_INDEX,
        timeout: timeout(&asked, &env.settings),
        status: ClusterStatus::Init,
        status_reason: "Initializing".to_owned(),
        init_at: env.now(),
        created_at: None,
        updated_at: None,
        active_action: None,
        active_kind: None,
        metadata,
        config,
        data: JsonMap::new(),
        dependents: JsonMap::new(),
    };
    let action = accept::cluster_create(&env, &cluster).await.map_err(refused)?;
    let view = views::cluster(&cluster, &profile.name, [], &[]);
    Ok(call.respond().accepted(&json!({ "cluster": view }), action))
}

/// The limits and target as they are stored. They are checked as they were given: a `max_size` of 0
/// binds the target before it is stored as no limit. Null is as good as absent.
fn sizes(asked: &Coerced, max_nodes_per_cluster: i64) -> Result<Sizes, String> {
    let min = asked.integer("min_size").value();
    let max = asked.integer("max_size").value();
    let desired = asked.integer("desired_capacity").value().or(min).unwrap_or(0);
    check_sizes(None, Some(desired), min, max, true, max_nodes_per_cluster)?;
    Ok(Sizes {
        min_size: min.unwrap_or(0),
        max_size: max.filter(|max| *max != 0).unwrap_or(-1),
        desired_capacity: desired,
    })
}

/// 0 and null stand for the default.
fn timeout(asked: &Coerced, settings: &Settings) -> i64 {
    asked
        .integer("timeout")
        .value()
        .filter(|seconds| *seconds != 0)
        .unwrap_or(settings.default_action_timeout)
}

fn map(asked: &Coerced, name: &str) -> JsonMap {
    asked.map(name).value().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_api::fields::coerce;
    use serde_json::Value;

    fn asked(mut body: Value) -> Coerced {
        body["name"] = "c".into();
        body["profile_id"] = "p".into();
        coerce(FIELDS, body.as_object().unwrap(), MIN).unwrap()
    }

    fn sized(body: Value) -> Result<(i64, i64, i64), String> {
        sizes(&asked(body), 1000).map(|sizes| (sizes.min_size, sizes.max_size, sizes.desired_capacity))
    }

    #[test]
    fn sizes_that_are_not_given_have_defaults() {
        for (body, stored) in [
            (json!({}), (0, -1, 0)),
            (json!({"min_size": 2}), (2, -1, 2)),
            (json!({"min_size": "2", "max_size": 5, "desired_capacity": 3}), (2, 5, 3)),
            (json!({"max_size": 0}), (0, -1, 0)),
            (json!({"min_size": null, "max_size": null, "desired_capacity": null}), (0, -1, 0)),
            (json!({"min_size": 3, "desired_capacity": null}), (3, -1, 3)),
        ] {
            assert_eq!(sized(body.clone()), Ok(stored), "{body}");
        }
    }

    #[test]
    fn sizes_that_contradict_each_other_are_refused() {
        let over = "The target capacity (5) is greater than the specified max_size (2).";
        assert_eq!(sized(json!({"min_size": 5, "max_size": 2})), Err(over.to_owned()));
        assert_eq!(sized(json!({"desired_capacity": 5, "max_size": 2})), Err(over.to_owned()));
        let zero = "The target capacity (1) is greater than the specified max_size (0).";
        assert_eq!(sized(json!({"desired_capacity": 1, "max_size": 0})), Err(zero.to_owned()));
    }

    #[test]
    fn no_timeout_and_a_timeout_of_zero_are_the_default() {
        let settings = Settings::default();
        for (body, seconds) in [
            (json!({}), 3600),
            (json!({"timeout": null}), 3600),
            (json!({"timeout": 0}), 3600),
            (json!({"timeout": " 60 "}), 60),
        ] {
            assert_eq!(timeout(&asked(body), &settings), seconds);
        }
    }
}
