//! `CLUSTER_ATTACH_POLICY` (spec engine-cluster §6): put a policy on the cluster.

use super::{AtOnce, Ending, Refused, Situation, Wants, named_policy};
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::ids::BindingId;
use coppice_domain::policies::{attachable, bind};
use coppice_domain::policy::Binding;
use coppice_domain::policy_types;
use coppice_store::BindingChange;
use serde_json::Value;

/// Most policies on one cluster. Each may be written when an action ends, and all that is one transaction: of at
/// most 100 writes.
const MOST_POLICIES: usize = 50;

pub(super) struct ClusterAttachPolicy;

impl AtOnce for ClusterAttachPolicy {
    fn wants(&self, action: &Action) -> Wants {
        Wants { policy: named_policy(action), ..Wants::default() }
    }

    fn decide(&self, now: &Situation<'_>) -> Result<Ending, Refused> {
        let refused = |reason: String| Refused { cluster: Box::new(now.cluster.clone()), reason };
        let done = |reason: &str, bindings| Ending {
            bindings,
            ..Ending::new(Some(now.cluster.clone()), ActionStatus::Succeeded, reason)
        };
        // The inputs of a receiver are unchecked.
        let Some(id) = now.action.inputs.get("policy_id").filter(|id| !id.is_null()) else {
            return Err(refused("Policy not specified.".to_owned()));
        };
        let Some(policy) = &now.reads.policy else {
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            return Err(refused(format!("The policy '{id}' could not be found.")));
        };
        if now.bindings.iter().any(|binding| binding.policy_id == policy.id) {
            return Ok(done("Policy already attached.", Vec::new()));
        }
        if now.bindings.len() >= MOST_POLICIES {
            let text = format!("A cluster can have {MOST_POLICIES} policies at most.");
            return Err(refused(text));
        }
        let Some(profile) = now.reads.profiles.first() else {
            return Err(refused(format!("The profile '{}' could not be found.", now.cluster.profile_id)));
        };
        attachable(policy, now.bindings, profile).map_err(&refused)?;
        let kind = policy_types::get(&policy.type_name).map_err(|fault| refused(fault.message))?;
        let binding = Binding {
            id: BindingId::derived(now.action.id, "binding", 0),
            cluster_id: now.cluster.id,
            policy_id: policy.id,
            policy_type: policy.type_name.clone(),
            enabled: now.action.inputs.get("enabled").and_then(Value::as_bool).unwrap_or(true),
            priority: kind.priority,
            data: None,
            last_op: None,
            cooldown: None,
            created_at: now.now,
        };
        let binding = bind(policy, binding).map_err(|fault| refused(fault.message))?;
        Ok(done("Policy attached.", vec![BindingChange::Attach(Box::new(binding))]))
    }
}
