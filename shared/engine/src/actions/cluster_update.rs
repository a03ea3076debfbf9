//! `CLUSTER_UPDATE` (spec engine-cluster §6): name, metadata, timeout, configuration, profile.
//!
//! A new profile reaches the members, each by an update of its own, and becomes the cluster's when all have it;
//! with `profile_only` it is for nodes made from now on.

use super::{Beginning, ClusterAction, Ending, Refused, Situation, Wants};
use crate::jobs::{Job, Update};
use crate::work::{Assignment, Plan};
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::cluster::{Cluster, ClusterStatus};
use coppice_domain::cluster_config::{coerced, stop_timeout};
use coppice_domain::ids::ProfileId;
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

pub(super) struct ClusterUpdate;

impl ClusterAction for ClusterUpdate {
    fn wants(&self, action: &Action) -> Wants {
        let new = action.inputs.get("new_profile_id").and_then(Value::as_str);
        Wants { profile: new.and_then(|id| id.parse().ok()), ..Wants::default() }
    }

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
            // What cannot be used is refused before anything has changed (CLU-6).
            cluster.config = coerced(config.clone()).map_err(|text| refused(now, text))?;
        }
        if let Some(timeout) = given("timeout") {
            let seconds = timeout.as_i64().filter(|seconds| *seconds > 0);
            cluster.timeout = seconds.unwrap_or(now.settings.default_action_timeout);
        }
        if let Some(id) = inputs.get("new_profile_id").and_then(Value::as_str) {
            let profile: ProfileId =
                id.parse().map_err(|_| refused(now, format!("The profile id '{id}' is malformed.")))?;
            if other_type(&now.reads.profiles) {
                // The API refuses it; a receiver's inputs have not been through that.
                let text = "Cannot update a cluster to a different profile type, operation aborted.";
                return Err(refused(now, text.to_owned()));
            }
            if !cluster.profile_refs.contains(&profile) {
                cluster.profile_refs.push(profile);
            }
            if rolls_out(now.action) && !now.members.is_empty() {
                if let Some(property) = fixed_difference(&now.reads.profiles, profile) {
                    let text =
                        format!("Failed in updating nodes: the property '{property}' cannot be changed.");
                    return Err(refused(now, text));
                }
                let stop_within = stop_timeout(&cluster.config).map_err(|text| refused(now, text))?;
                let job = Job::Update(Update { profile: Some(profile), stop_within, ..Update::default() });
                // A batch policy says who goes first.
                let order = now.decided.update.as_ref().map(|update| update.order.clone());
                let nodes = order.unwrap_or_else(|| now.members.iter().map(|member| member.node).collect());
                return Ok(Beginning { cluster, create: 0, assignment: Some((job, nodes)) });
            }
            cluster.profile_id = profile;
        }
        Ok(Beginning { cluster, create: 0, assignment: None })
    }

    fn end(&self, now: &Situation<'_>, plan: &Plan) -> Ending {
        let mut ending = now.concluded(plan, "Cluster update completed.");
        if let Some(Assignment { job: Job::Update(update), .. }) = &plan.assignment
            && let Some(cluster) = &mut ending.cluster
        {
            if ending.status == ActionStatus::Succeeded {
                cluster.profile_id = update.profile.unwrap_or(cluster.profile_id);
            } else {
                ending.reason = "Failed in updating nodes.".to_owned();
            }
        }
        ending
    }
}

/// Whether a new profile is for the members, too.
fn rolls_out(action: &Action) -> bool {
    !action.inputs.get("profile_only").and_then(Value::as_bool).unwrap_or(false)
}

/// Whether the profiles that were read, the cluster's present one and the new one, are of two types.
fn other_type(profiles: &[Profile]) -> bool {
    profiles.windows(2).any(|pair| pair[0].type_name != pair[1].type_name)
}

/// A property in which the new profile differs from the others that were read, and which cannot be changed.
fn fixed_difference(profiles: &[Profile], new: ProfileId) -> Option<String> {
    let new = profiles.iter().find(|profile| profile.id == new)?;
    profiles.iter().find_map(|old| profile_types::fixed_difference(&old.spec, new))
}

fn refused(now: &Situation<'_>, reason: String) -> Refused {
    Refused { cluster: Box::new(now.cluster.clone()), reason }
}
