//! A policy, and its binding to a cluster (spec api-resources A4, A5).

use crate::openapi::schema::{bare_instant, boolean, instant, integer, map, nullable, object, text, uuid};
use crate::operation::Representation;
use coppice_domain::cluster::JsonMap;
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::time::Timestamp;
use serde_json::{Value, json};

/// The representation of `policy` where it was just made or changed.
#[must_use]
pub fn policy(policy: &Policy) -> Value {
    shown(policy, Timestamp::iso_z)
}

/// The representation of `policy` where it is listed or shown: the same, but for times that read as the
/// database column keeps them (spec api-common §16).
#[must_use]
pub fn listed_policy(policy: &Policy) -> Value {
    shown(policy, |moment| moment.truncated().iso_micros())
}

fn shown(policy: &Policy, time: impl Fn(Timestamp) -> String) -> Value {
    json!({
        "id": policy.id,
        "name": policy.name,
        "type": policy.type_name,
        "user": policy.user,
        "project": policy.project,
        "domain": policy.domain,
        "spec": policy.spec,
        "data": policy.data,
        "created_at": time(policy.created_at),
        "updated_at": policy.updated_at.map(time),
    })
}

/// The representation of a spec that was validated and not kept (spec api-resources G).
#[must_use]
pub fn validated_policy(type_name: &str, spec: &JsonMap, user: &str, project: &str) -> Value {
    json!({
        "id": null,
        "name": "validated_policy",
        "type": type_name,
        "user": user,
        "project": project,
        "domain": null,
        "spec": spec,
        "data": {},
        "created_at": null,
        "updated_at": null,
    })
}

/// The representation of a policy attached to a cluster.
#[must_use]
pub fn cluster_policy(binding: &Binding, cluster_name: &str, policy_name: &str) -> Value {
    json!({
        "id": binding.id,
        "cluster_id": binding.cluster_id,
        "cluster_name": cluster_name,
        "policy_id": binding.policy_id,
        "policy_name": policy_name,
        "policy_type": binding.policy_type,
        "enabled": binding.enabled,
        "priority": binding.priority,
        "data": binding.data,
        "last_op": binding.last_op.map(Timestamp::iso_micros),
    })
}

/// What [`policy`] makes.
pub const POLICY: Representation = Representation { name: "Policy", schema: || schema(instant()) };

/// What [`listed_policy`] makes.
pub const LISTED_POLICY: Representation =
    Representation { name: "ListedPolicy", schema: || schema(bare_instant()) };

/// What [`validated_policy`] makes.
pub const VALIDATED_POLICY: Representation =
    Representation { name: "ValidatedPolicy", schema: validated_schema };

/// What [`cluster_policy`] makes.
pub const CLUSTER_POLICY: Representation =
    Representation { name: "ClusterPolicy", schema: cluster_policy_schema };

fn schema(time: Value) -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("type", text()),
        ("user", text()),
        ("project", text()),
        ("domain", nullable(text())),
        ("spec", map()),
        ("data", map()),
        ("created_at", time.clone()),
        ("updated_at", nullable(time)),
    ])
}

/// A policy without what only a stored one has.
fn validated_schema() -> Value {
    let mut validated = schema(instant());
    for key in ["id", "domain", "created_at", "updated_at"] {
        validated["properties"][key] = json!({ "type": "null" });
    }
    validated
}

fn cluster_policy_schema() -> Value {
    object([
        ("id", uuid()),
        ("cluster_id", uuid()),
        ("cluster_name", text()),
        ("policy_id", uuid()),
        ("policy_name", text()),
        ("policy_type", text()),
        ("enabled", boolean()),
        ("priority", integer()),
        ("data", nullable(map())),
        ("last_op", nullable(bare_instant())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::conform::assert_conforms;

    const USER: &str = "f4c598a98cf24b2f9d64907cb2c4a7d0";
    const PROJECT: &str = "e9d888326b5c47ec999b20207bed9231";
    const POLICY: &str = "c043bd77-f5f3-48c7-971c-fde6e62c1c0c";
    const CLUSTER: &str = "f268f071-b72b-45e0-9cac-c6d42455c540";
    const BINDING: &str = "ff3f4f1c-b59e-483e-bfc2-31cdad6b3553";
    /// 2026-11-23T15:14:47Z.
    const CREATED: i64 = 1_795_446_887_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(CREATED + micros)
    }

    fn spec() -> Value {
        json!({
            "type": "senlin.policy.deletion", "version": "1.1", "properties": {"criteria": "OLDEST_FIRST"}
        })
    }

    #[test]
    fn a_policy_reads_as_recorded_with_the_times_of_the_endpoint() {
        let record = Policy {
            id: POLICY.parse().unwrap(),
            name: "del1".into(),
            type_name: "senlin.policy.deletion-1.1".into(),
            user: USER.into(),
            project: PROJECT.into(),
            domain: None,
            spec: serde_json::from_value(spec()).unwrap(),
            data: JsonMap::new(),
            created_at: at(123_456),
            updated_at: None,
        };
        let mut recorded = json!({
            "created_at": "2026-11-23T15:14:47Z", "data": {}, "domain": null, "id": POLICY, "name": "del1",
            "project": PROJECT, "spec": spec(), "type": "senlin.policy.deletion-1.1", "updated_at": null,
            "user": USER
        });
        assert_eq!(policy(&record), recorded);
        assert_conforms(super::POLICY, &recorded);
        recorded["created_at"] = "2026-11-23T15:14:47.000000".into();
        assert_eq!(listed_policy(&record), recorded);
        assert_conforms(LISTED_POLICY, &recorded);
        let changed = Policy { updated_at: Some(at(1_000_001)), ..record };
        assert_eq!(policy(&changed)["updated_at"], "2026-11-23T15:14:48Z");
        assert_eq!(listed_policy(&changed)["updated_at"], "2026-11-23T15:14:48.000000");
        assert_conforms(super::POLICY, &policy(&changed));
        assert_conforms(LISTED_POLICY, &listed_policy(&changed));
    }

    #[test]
    fn a_validated_spec_reads_as_a_policy_that_does_not_exist() {
        let recorded = json!({
            "created_at": null, "data": {}, "domain": null, "id": null, "name": "validated_policy",
            "project": PROJECT, "spec": spec(), "type": "senlin.policy.deletion-1.1", "updated_at": null,
            "user": USER
        });
        assert_conforms(VALIDATED_POLICY, &recorded);
        let spec: JsonMap = serde_json::from_value(spec()).unwrap();
        assert_eq!(validated_policy("senlin.policy.deletion-1.1", &spec, USER, PROJECT), recorded);
    }

    #[test]
    fn a_binding_reads_as_recorded_and_tells_its_last_operation_to_the_microsecond() {
        let record = Binding {
            id: BINDING.parse().unwrap(),
            cluster_id: CLUSTER.parse().unwrap(),
            policy_id: POLICY.parse().unwrap(),
            policy_type: "senlin.policy.scaling-1.0".into(),
            enabled: true,
            priority: 100,
            data: None,
            last_op: None,
            cooldown: None,
            created_at: at(0),
        };
        let recorded = json!({
            "cluster_id": CLUSTER, "cluster_name": "c1b", "data": null, "enabled": true, "id": BINDING,
            "last_op": null, "policy_id": POLICY, "policy_name": "scale1b",
            "policy_type": "senlin.policy.scaling-1.0", "priority": 100
        });
        assert_eq!(cluster_policy(&record, "c1b", "scale1b"), recorded);
        assert_conforms(CLUSTER_POLICY, &recorded);
        let used = Binding { last_op: Some(at(123_456)), data: Some(JsonMap::new()), ..record };
        let used = cluster_policy(&used, "c1b", "scale1b");
        assert_eq!(used["last_op"], "2026-11-23T15:14:47.123456");
        assert_conforms(CLUSTER_POLICY, &used);
    }
}
