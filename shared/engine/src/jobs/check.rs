//! Seeing how a node's instance is (spec engine-nodes §2): an unhealthy node is a check that succeeded.

use super::create::VANISHED_AFTER;
use super::{Hand, Job, Step};
use coppice_compute::{Instance, InstanceState};
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{InstanceChange, Settlement};

/// How the reason of a node begins that stays in WARNING although its instance is well.
const STILL_WARNING: &str = "Check: Physical object is ACTIVE but the node status was WARNING.";

impl Hand<'_> {
    pub(super) async fn check(&self, node: &Node) -> Step {
        let Some(id) = &node.physical_id else {
            return Step::settle(Settlement::untouched(Job::Check.failure()));
        };
        match self.env.compute.get(id).await {
            Ok(Some(instance)) => Step::settle(checked(node, &instance)),
            Ok(None) if self.may_be_hidden(node) => Step::Waits,
            Ok(None) => Step::settle(not_found(id)),
            Err(error) => Step::after(&error, |text| {
                Settlement::failed(format!("Failed in checking server '{id}': {text}."))
            }),
        }
    }

    /// Whether the node's instance is so young that reads need not show it yet.
    pub(super) fn may_be_hidden(&self, node: &Node) -> bool {
        let staleness = self.env.compute.staleness();
        let settled = node.updated_at.or(node.created_at).unwrap_or(node.init_at);
        !staleness.is_zero() && self.env.now().since(settled) <= staleness.min(VANISHED_AFTER)
    }
}

/// What a check makes of a node whose instance is there.
fn checked(node: &Node, instance: &Instance) -> Settlement {
    match (&instance.state, node.status) {
        (InstanceState::Active, NodeStatus::Warning) => {
            let earlier = &node.status_reason;
            let reason = if earlier.starts_with(STILL_WARNING) {
                earlier.clone()
            } else {
                format!("{STILL_WARNING} {earlier}")
            };
            Settlement::done(NodeStatus::Warning, reason)
        }
        (InstanceState::Active, _) => Settlement::done(NodeStatus::Active, "Check: Node is ACTIVE."),
        _ => Settlement::done(NodeStatus::Error, "Check: Node is not ACTIVE."),
    }
}

/// What a check makes of a node whose instance is not there any more.
fn not_found(id: &str) -> Settlement {
    let reason = format!("Failed in found server '{id}': No Server found for {id}.");
    Settlement::done(NodeStatus::Error, reason).with(InstanceChange::Clear)
}
