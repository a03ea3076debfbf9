//! Changing a node's properties, and its instance to fit another profile (spec engine-nodes §2, §5.4).

use super::create::{metadata, name};
use super::{Hand, Step, Update};
use coppice_compute::{Alteration, Progress};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile_types;
use coppice_store::{NodeChanges, Settlement};
use serde_json::Value;
use std::time::Duration;

impl Hand<'_> {
    pub(super) async fn update(&self, node: &Node, update: &Update) -> Step {
        let id = node.physical_id.as_deref().unwrap_or_default();
        let updated = Settlement {
            changes: changes(update),
            ..Settlement::done(NodeStatus::Active, "Update succeeded")
        };
        if id.is_empty() {
            return Step::settle(match node.status {
                NodeStatus::Updating => failed(id, "the node has no instance"),
                // Nothing has been made of it yet: whatever will be is made from what it says then.
                _ => Settlement { changes: changes(update), ..Settlement::moved() },
            });
        }
        if update.profile.is_none_or(|profile| profile == node.profile_id) {
            return self.unless_broken(node, id, updated, |text| failed(id, text)).await;
        }
        let Some(profile) = self.profile else {
            return Step::settle(failed(id, "the new profile could not be found"));
        };
        let kind = profile_types::get(&profile.type_name);
        let spec = match kind.and_then(|kind| kind.properties(&profile.spec)) {
            Ok(spec) => spec,
            Err(fault) => return Step::settle(failed(id, &fault.message)),
        };
        let what = Alteration::Update {
            name: name(&spec, node),
            metadata: metadata(&spec, node),
            spec,
            stop_within: update.stop_within.map(Duration::from_secs),
        };
        match self.change("update", node.id, id, what).await {
            Ok(Progress::Done) => self.unless_broken(node, id, updated, |text| failed(id, text)).await,
            Ok(Progress::Underway) => Step::Waits,
            Ok(Progress::Gone) => Step::settle(failed(id, &format!("No Server found for {id}"))),
            Err(error) => Step::after(&error, |text| failed(id, &text)),
        }
    }
}

fn failed(id: &str, text: &str) -> Settlement {
    Settlement::failed(format!("Failed in updating server '{id}': {text}."))
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
