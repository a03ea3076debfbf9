//! `senlin.policy.health`: what it keeps with a cluster, and when it lets a cluster alone
//! (spec engine-policies §7).

use super::placement::change;
use super::{Attached, Data, Question, labelled};
use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::policy_types::PolicyType;
use crate::profile::Profile;
use serde_json::{Value, json};

pub(super) const NAME: &str = "senlin.policy.health";
const CLASS: &str = "HealthPolicy";
const SERVERS: &str = "os.nova.server";

/// Only servers can be rebuilt or rebooted.
pub(super) fn attachable(kind: &PolicyType, spec: &JsonMap, profile: &Profile) -> Result<(), String> {
    if kind.name != NAME || profile.type_name.starts_with(SERVERS) {
        return Ok(());
    }
    let properties = kind.properties(spec).map_err(|fault| fault.message)?;
    match action(&properties) {
        Some(name @ ("REBUILD" | "REBOOT")) => {
            Err(format!("Recovery action {name} is only applicable to os.nova.server clusters."))
        }
        _ => Ok(()),
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
