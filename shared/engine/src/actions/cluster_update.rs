//! `CLUSTER_UPDATE` (spec engine-cluster §6): name, metadata, timeout, configuration, profile.
//!
//! A new profile reaches nodes made from now on. Rolling it out to members needs node updates, which
//! this version does not do: it refuses rather than report a roll-out that did not happen.

use super::{Beginning, ClusterAction, Ending, Refused, Situation};
use crate::work::Plan;
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::ids::ProfileId;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

pub(super) struct ClusterUpdate;

impl ClusterAction for ClusterUpdate {
    fn begin(&self, now: &Situation<'_>, _: &mut ChaCha8Rng) -> Result<Beginning, Refused> {
        let inputs = &now.action.inputs;
        let mut cluster = Cluster {
            status: ClusterStatus::Updating,
            status_reason: "Update in progress".to_owned(),
            ..now.cluster.clone()
        };
        // Null leaves things alone: clients send it for what they were not told.
        let given = |key: &str| inputs.get(key).filter(|value| !value.is_null());
        if let Some(name) = given("name").and_then(Value::as_str) {
            name.clone_into(&mut cluster.name);
        }
        if let Some(metadata) = given("metadata").and_then(Value::as_object) {
            cluster.metadata.clone_from(metadata);
        }
        if let Some(config) = given("config").and_then(Value::as_object) {
            cluster.config.clone_from(config);
        }
        if let Some(timeout) = given("timeout") {
            let seconds = timeout.as_i64().filter(|seconds| *seconds > 0);
            cluster.timeout = seconds.unwrap_or(now.settings.default_action_timeout);
        }
        if let Some(id) = inputs.get("new_profile_id").and_then(Value::as_str) {
            let profile: ProfileId =
                id.parse().map_err(|_| refused(now, format!("The profile id '{id}' is malformed.")))?;
            let future_only = inputs.get("profile_only").and_then(Value::as_bool).unwrap_or(false);
            if !future_only && !now.members.is_empty() {
                return Err(refused(now, ROLL_OUT.to_owned()));
            }
            if !cluster.profile_refs.contains(&profile) {
                cluster.profile_refs.push(profile);
            }
            cluster.profile_id = profile;
        }
        Ok(Beginning { cluster, create: 0, remove: Vec::new() })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        now.concluded(plan, "Cluster update completed.")
    }
}

const ROLL_OUT: &str = "Rolling a new profile out to existing nodes is not available in this version: \
     update with profile_only for nodes made from now on.";

fn refused(now: &Situation<'_>, reason: String) -> Refused {
    Refused { cluster: Box::new(now.cluster.clone()), reason }
}
