//! `senlin.policy.affinity`: the servers of a cluster belong to one group (spec engine-policies §5).
//!
//! The group is known by its name, or by the binding's id where the policy names none: no backend there is
//! makes groups, so there is none to look up.

use super::{Attached, Data, Placement, Question, labelled, placement};
use crate::cluster::JsonMap;
use crate::policy::Binding;
use serde_json::{Value, json};

pub(super) const NAME: &str = "senlin.policy.affinity";
const CLASS: &str = "AffinityPolicy";

/// Puts the nodes to be made into the group, and into the policy's zone.
pub(super) fn before(question: &Question<'_>, policy: &Attached, data: &mut Data) {
    // Errors of a resize are for others to report.
    let count = placement::change(question, data, false).unwrap_or(0);
    if count <= 0 {
        return;
    }
    let server_group = group(&policy.properties, &policy.binding);
    let zone = policy.text("availability_zone").filter(|zone| !zone.is_empty()).map(str::to_owned);
    data.placement = Some(Placement { count, server_group, zone });
    data.pass("Placement decided.");
}

/// What the binding of such a policy keeps.
pub(super) fn binding_data(properties: &JsonMap, binding: &Binding) -> JsonMap {
    let inherited = named(properties).is_some();
    labelled(
        CLASS,
        "1.0",
        &json!({ "servergroup_id": group(properties, binding), "inherited_group": inherited }),
    )
}

fn named(properties: &JsonMap) -> Option<&str> {
    let name = properties.get("servergroup")?.get("name").and_then(Value::as_str)?;
    (!name.is_empty()).then_some(name)
}

/// The group's id. A policy without a group crashes the reference (POL-14).
fn group(properties: &JsonMap, binding: &Binding) -> String {
    named(properties).map_or_else(|| binding.id.to_string(), str::to_owned)
}
