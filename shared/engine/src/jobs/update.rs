//! Changing a node's properties, and its instance to fit another profile (spec engine-nodes §2, §5.4).

use super::create::{metadata, name};
use super::{Hand, Step, Update};
use coppice_compute::{Alteration, Instance, InstanceState, Progress};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile_types;
use coppice_store::{NodeChanges, Settlement};
use serde_json::Value;

impl Hand<'_> {
    pub(super) async fn update(&self, node: &Node, update: &Update) -> Step {
        let id = node.physical_id.as_deref().unwrap_or_default();
        let failed = |text: &str| Settlement::failed(format!("Failed in updating server '{id}': {text}."));
        let updated = Settlement {
            changes: changes(update),
            ..Settlement::done(NodeStatus::Active, "Update succeeded")
        };
        if id.is_empty() && node.status != NodeStatus::Updating {
            // Nothing has been made of it yet: whatever will be is made from what it says then.
            return Step::settle(Settlement { changes: changes(update), ..Settlement::moved() });
        }
        if id.is_empty() {
            return Step::settle(failed("the node has no instance"));
        }
        if update.profile.is_none_or(|profile| profile == node.profile_id) {
            return self.unless_broken(id, updated).await;
        }
        let Some(profile) = self.profile else {
            return Step::settle(failed("the new profile could not be found"));
        };
        let kind = profile_types::get(&profile.type_name);
        let spec = match kind.and_then(|kind| kind.properties(&profile.spec)) {
            Ok(spec) => spec,
            Err(fault) => return Step::settle(failed(&fault.message)),
        };
        let what = Alteration::Update { name: name(&spec, node), metadata: metadata(&spec, node), spec };
        match self.change("update", node.id, id, what).await {
            Ok(Progress::Done) => self.unless_broken(id, updated).await,
            Ok(Progress::Underway) => Step::Waits,
            Ok(Progress::Gone) => Step::settle(failed(&format!("No Server found for {id}"))),
            Err(error) => Step::after(&error, |text| failed(&text)),
        }
    }
}

impl Hand<'_> {
    /// The end of an update that was made; but an instance in error is in error whatever is updated about it.
    async fn unless_broken(&self, id: &str, updated: Settlement) -> Step {
        match self.env.compute.get(id).await {
            Ok(Some(Instance { state: InstanceState::Error { message }, .. })) => {
                let text = message.trim_end_matches('.');
                let reason = format!("Failed in updating server '{id}': it is in error: {text}.");
                Step::settle(Settlement { changes: updated.changes, ..Settlement::failed(reason) })
            }
            Ok(_) => Step::settle(updated),
            Err(error) => Step::after(&error, |text| {
                Settlement::failed(format!("Failed in updating server '{id}': {text}."))
            }),
        }
    }
}

/// What an update changes of the node's record. Null is a value of role and metadata, and no other's.
fn changes(update: &Update) -> NodeChanges {
    let given = |key: &str| update.properties.get(key);
    NodeChanges {
        profile_id: update.profile,
        name: given("name").and_then(Value::as_str).map(str::to_owned),
        role: given("role").map(|role| role.as_str().map(str::to_owned)),
        metadata: given("metadata").map(|metadata| metadata.as_object().cloned()),
        tainted: given("tainted").map(|tainted| tainted.as_bool().unwrap_or(false)),
        data: None,
    }
}
