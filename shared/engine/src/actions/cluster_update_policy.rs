//! `CLUSTER_UPDATE_POLICY` (spec engine-cluster §6): whether a policy of the cluster counts.

use super::{AtOnce, Ending, Refused, Situation, Wants, attached_policy};
use coppice_domain::action::{Action, ActionStatus};
use coppice_domain::policies::health::watch;
use coppice_domain::policy::Binding;
use coppice_store::BindingChange;
use serde_json::Value;

pub(super) struct ClusterUpdatePolicy;

impl AtOnce for ClusterUpdatePolicy {
    fn wants(&self, _: &Action) -> Wants {
        Wants::default()
    }

    fn decide(&self, now: &Situation<'_>) -> Result<Ending, Refused> {
        let policy = attached_policy(now)?;
        let (reason, bindings) = match now.action.inputs.get("enabled").and_then(Value::as_bool) {
            Some(enabled) => {
                let bound = now.bindings.iter().find(|binding| binding.policy_id == policy);
                let bound = bound.map(|binding| Binding { enabled, ..binding.clone() });
                // Looking after the cluster begins anew.
                let watch = bound.and_then(|binding| watch(&binding, now.now)).map(Box::new);
                ("Policy updated.", vec![BindingChange::Enable(policy, enabled, watch)])
            }
            None => ("No update is needed.", Vec::new()),
        };
        Ok(Ending { bindings, ..Ending::new(Some(now.cluster.clone()), ActionStatus::Succeeded, reason) })
    }
}
