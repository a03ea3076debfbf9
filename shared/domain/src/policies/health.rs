//! `senlin.policy.health`: what it keeps with a cluster, and when it lets a cluster alone
//! (spec engine-policies §7).

use super::placement::change;
use super::{Attached, Data, Question, is_of, labelled};
use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::health::{Detection, Watch};
use crate::policy::{Binding, Policy};
use crate::policy_types::PolicyType;
use crate::profile::Profile;
use crate::time::Timestamp;
use serde_json::{Value, json};

/// The type's name, without its version.
pub const NAME: &str = "senlin.policy.health";
const CLASS: &str = "HealthPolicy";
const SERVERS: &str = "os.nova.server";

/// Whether a health policy may be attached: one looks after a cluster, whatever its version, and it must look at
/// something (RHE-10, RHE-11). Only servers can be rebuilt or rebooted.
pub(super) fn attachable(
    policy: &Policy,
    kind: &PolicyType,
    others: &[Binding],
    profile: &Profile,
) -> Result<(), String> {
    if kind.name != NAME {
        return Ok(());
    }
    if let Some(other) = others.iter().find(|other| is_health(other)) {
        return Err(format!(
            "Only one health policy can be attached to a cluster, but another ({}) is found attached to the \
             cluster ({}) already.",
            other.policy_id, other.cluster_id
        ));
    }
    let properties = kind.properties(&policy.spec).map_err(|fault| fault.message)?;
    if Detection::read(&properties).modes.is_empty() {
        return Err("The health policy has no detection modes: nothing would be looked at.".to_owned());
    }
    match action(&properties) {
        Some(name @ ("REBUILD" | "REBOOT")) if !profile.type_name.starts_with(SERVERS) => {
            Err(format!("Recovery action {name} is only applicable to os.nova.server clusters."))
        }
        _ => Ok(()),
    }
}

/// Whether a binding is one of a health policy.
#[must_use]
pub fn is_health(binding: &Binding) -> bool {
    is_of(&binding.policy_type, NAME)
}

/// The watch over a cluster that such a binding, enabled now, begins; none for other bindings, and none that is
/// disabled or whose data does not say what to look at.
#[must_use]
pub fn watch(binding: &Binding, now: Timestamp) -> Option<Watch> {
    if !binding.enabled || !is_health(binding) {
        return None;
    }
    let modes = binding.data.as_ref()?.get(CLASS)?.get("data")?.get("detection_modes")?.as_array()?;
    let looks = |mode: &Value| mode.get("type").and_then(Value::as_str) != Some("LIFECYCLE_EVENTS");
    (!modes.is_empty()).then(|| Watch::new(now, modes.iter().any(looks)))
}

/// Whether nobody is judged while an action of this kind holds the cluster (spec engine-policies §7). What it
/// does to members is not their failure. Resizing counts where it does not grow the cluster. There is nothing to
/// be switched on again: when the action has ended it does not hold the cluster any more (POL-22, ACT-4).
#[must_use]
pub const fn rests(kind: ActionKind, grows: bool) -> bool {
    match kind {
        ActionKind::ClusterResize => !grows,
        ActionKind::ClusterScaleIn
        | ActionKind::ClusterDelNodes
        | ActionKind::ClusterUpdate
        | ActionKind::ClusterRecover
        | ActionKind::ClusterReplaceNodes
        | ActionKind::ClusterDelete => true,
        _ => false,
    }
}

/// The recovery that the policy asks for.
fn action(properties: &JsonMap) -> Option<&str> {
    properties.get("recovery")?.get("actions")?.get(0)?.get("name")?.as_str()
}

/// What the binding of such a policy keeps: how the cluster is looked after.
pub(super) fn binding_data(properties: &JsonMap) -> JsonMap {
    let detection = |key: &str| properties.get("detection").and_then(|part| part.get(key)).cloned();
    let recovery = |key: &str| properties.get("recovery").and_then(|part| part.get(key)).cloned();
    let data = json!({
        "interval": detection("interval"),
        "detection_modes": detection("detection_modes"),
        "node_update_timeout": detection("node_update_timeout"),
        "node_delete_timeout": recovery("node_delete_timeout"),
        "node_force_recreate": recovery("node_force_recreate"),
        "recovery_conditional": detection("recovery_conditional"),
    });
    labelled(CLASS, "1.2", &data)
}

/// Notes what becomes of sick nodes, for growth by a resize: the one action of which the reference does.
pub(super) fn before(question: &Question<'_>, policy: &Attached, data: &mut Data) {
    if question.kind != ActionKind::ClusterResize || change(question, data, true).unwrap_or(0) <= 0 {
        return;
    }
    let recovery = |key: &str| policy.properties.get("recovery").and_then(|part| part.get(key)).cloned();
    data.health = Some(JsonMap::from_iter([
        ("recover_action".to_owned(), recovery("actions").unwrap_or(Value::Null)),
        ("fencing".to_owned(), recovery("fencing").unwrap_or(Value::Null)),
    ]));
    data.pass("Health policy noted.");
}
