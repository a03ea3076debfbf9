//! What `show_details` shows of a simulated instance: the keys of a Nova server that it has
//! (spec schemas §3).

use super::record::{Power, Record};
use crate::instance::InstanceState;
use coppice_domain::cluster::JsonMap;
use serde_json::{Value, json};

pub(super) fn details(record: &Record, state: &InstanceState) -> JsonMap {
    let spec = |key: &str| record.spec.get(key).cloned().unwrap_or(Value::Null);
    let (status, vm_state, power_state) = match state {
        InstanceState::Building => ("BUILD", "building", 0),
        InstanceState::Active if record.power == Power::Rescue => ("RESCUE", "rescued", 1),
        InstanceState::Active => ("ACTIVE", "active", 1),
        InstanceState::Error { .. } => ("ERROR", "error", 0),
        InstanceState::Stopped => match record.power {
            Power::Paused => ("PAUSED", "paused", 3),
            Power::Suspended => ("SUSPENDED", "suspended", 4),
            Power::Active | Power::Shutoff | Power::Rescue => ("SHUTOFF", "stopped", 4),
        },
        InstanceState::Deleting => ("ACTIVE", "active", 1),
    };
    let task = match state {
        InstanceState::Building => "spawning",
        InstanceState::Deleting => "deleting",
        InstanceState::Active | InstanceState::Error { .. } | InstanceState::Stopped => "-",
    };
    let launched = match state {
        InstanceState::Active | InstanceState::Stopped => record.ready_at.iso_micros(),
        InstanceState::Building | InstanceState::Error { .. } | InstanceState::Deleting => "-".to_owned(),
    };
    let mut shown = JsonMap::new();
    for (key, value) in [
        ("id", json!(record.id)),
        ("name", json!(record.name)),
        ("status", json!(status)),
        ("created", json!(record.created_at.iso_z())),
        ("flavor", spec("flavor")),
        ("image", spec("image")),
        ("key_name", spec("key_name")),
        ("config_drive", spec("config_drive")),
        ("metadata", Value::Object(record.metadata.clone())),
        ("addresses", json!({})),
        ("attached_volumes", json!([])),
        ("security_groups", security_groups(&record.spec)),
        ("progress", json!(0)),
        ("OS-DCF:diskConfig", json!("AUTO")),
        ("OS-EXT-AZ:availability_zone", json!(zone(record))),
        ("OS-EXT-STS:power_state", json!(power_state)),
        ("OS-EXT-STS:task_state", json!(task)),
        ("OS-EXT-STS:vm_state", json!(vm_state)),
        ("OS-SRV-USG:launched_at", json!(launched)),
        ("OS-SRV-USG:terminated_at", json!("-")),
    ] {
        shown.insert(key.to_owned(), value);
    }
    shown
}

/// The zone it runs in: the one it was asked for in, else the only one there is.
pub(super) fn zone(record: &Record) -> &str {
    record.spec.get("availability_zone").and_then(Value::as_str).unwrap_or("simulated")
}

/// Without doubles: nothing as an empty text, one as its name, several as a list.
fn security_groups(spec: &JsonMap) -> Value {
    let names = security_group_names(spec);
    match names.as_slice() {
        [] => json!(""),
        [name] => json!(name),
        names => json!(names),
    }
}

/// The names of its security groups, each once.
pub(super) fn security_group_names(spec: &JsonMap) -> Vec<&str> {
    let given = spec.get("security_groups").and_then(Value::as_array);
    let mut names: Vec<&str> = given.into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_groups_are_shown_as_the_reference_shows_them() {
        for (groups, shown) in [
            (json!({}), json!("")),
            (json!({"security_groups": ["web", "web"]}), json!("web")),
            (json!({"security_groups": ["web", "db", "web"]}), json!(["db", "web"])),
        ] {
            assert_eq!(security_groups(groups.as_object().unwrap()), shown);
        }
    }
}
