//! `senlin.policy.health`: how failed nodes are noticed and what is done about them (spec schemas §4.3).

use super::{PolicyType, Read, invalid};
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::health::{MAX_RECOVERIES, MAX_SICK_PERCENT, WINDOW};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};
use serde_json::Value;
use std::collections::HashSet;

/// The type. The layout that version 1.0 once had is not taken any more, whatever the version. Rebuilding
/// and rebooting is for servers only; that depends on the properties and is decided on attaching.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.health",
    versions: &[
        VersionSupport {
            version: "1.0",
            history: &[(Status::Experimental, "2017.02"), (Status::Supported, "2018.06")],
        },
        VersionSupport { version: "1.1", history: &[(Status::Supported, "2018.09")] },
        VersionSupport { version: "1.2", history: &[(Status::Supported, "2020.09")] },
    ],
    schema: SCHEMA,
    priority: 600,
    singleton: true,
    profile_types: None,
    reads: &[Read::EntryUsed("detection", "detection_modes"), Read::Plain("recovery")],
    semantics,
    creation: |_| Ok(()),
};

/// What this service adds: the same with a limit to how many members are recovered. It is there for who names it,
/// and listed for who asks for additions.
pub const ADDED: PolicyType = PolicyType {
    versions: &[VersionSupport { version: "1.3", history: &[(Status::Supported, "2026.11")] }],
    schema: Schema(&[
        Property::map("detection", DETECTION, "How failures are noticed.").required(),
        Property::map("recovery", LIMITED_RECOVERY, "What is done about a failed node.").required(),
    ]),
    semantics: limited_semantics,
    ..TYPE
};

/// Listening for events, the one mode that is not polling.
const LIFECYCLE_EVENTS: &str = "LIFECYCLE_EVENTS";

const SCHEMA: Schema = Schema(&[
    Property::map("detection", DETECTION, "How failures are noticed.").required(),
    Property::map("recovery", RECOVERY, "What is done about a failed node.").required(),
]);

const DETECTION: Schema = Schema(&[
    Property::integer("interval", "Seconds between polls.").or(Fallback::Integer(60)),
    Property::integer("node_update_timeout", "Seconds a node is left alone after a change.")
        .or(Fallback::Integer(300)),
    Property::string("recovery_conditional", "Whether one failed detection is enough, or all must fail.")
        .or(Fallback::Text("ANY_FAILED"))
        .one_of(&["ALL_FAILED", "ANY_FAILED"]),
    Property::list("detection_modes", &MODE, "The ways in which failures are noticed."),
]);

const MODE: Property = Property::map("*", MODE_KEYS, "A way in which failures are noticed.");

const MODE_KEYS: Schema = Schema(&[
    Property::string("type", "What is watched.").required().one_of(&[
        LIFECYCLE_EVENTS,
        "NODE_STATUS_POLLING",
        "NODE_STATUS_POLL_URL",
        "HYPERVISOR_STATUS_POLLING",
    ]),
    Property::map("options", MODE_OPTIONS, "").or(Fallback::EmptyMap),
]);

const MODE_OPTIONS: Schema = Schema(&[
    Property::string("poll_url", "Address to poll.").or(Fallback::Text("")),
    Property::boolean("poll_url_ssl_verify", "Whether the address must have a valid certificate.")
        .or(Fallback::Boolean(true)),
    Property::boolean("poll_url_conn_error_as_unhealthy", "Whether a node that cannot be reached failed.")
        .or(Fallback::Boolean(true)),
    Property::string("poll_url_healthy_response", "What the body of a healthy node's answer contains.")
        .or(Fallback::Text("")),
    Property::integer("poll_url_retry_limit", "Polls after which a node counts as failed.")
        .or(Fallback::Integer(3)),
    Property::integer("poll_url_retry_interval", "Seconds between these polls.").or(Fallback::Integer(3)),
]);

const RECOVERY: Schema = Schema(&[ACTIONS, FENCED, DELETE_TIMEOUT, FORCE_RECREATE]);

const LIMITED_RECOVERY: Schema = Schema(&[ACTIONS, FENCED, DELETE_TIMEOUT, FORCE_RECREATE, BREAKER]);

const ACTIONS: Property = Property::list("actions", &ACTION, "What is done, at most one thing.");

const FENCED: Property = Property::list("fencing", &FENCING, "What is cut off from the node first.");

const DELETE_TIMEOUT: Property =
    Property::integer("node_delete_timeout", "Seconds to wait for a node to be gone before it is remade.")
        .or(Fallback::Integer(20));

const FORCE_RECREATE: Property =
    Property::boolean("node_force_recreate", "Whether a node is remade though it could not be deleted.")
        .or(Fallback::Boolean(false));

const BREAKER: Property =
    Property::map("circuit_breaker", BREAKER_KEYS, "When so many nodes fail that none is recovered.")
        .or(Fallback::EmptyMap);

const BREAKER_KEYS: Schema = Schema(&[
    Property::boolean("enabled", "Whether recoveries are limited at all.").or(Fallback::Boolean(true)),
    Property::integer("max_sick_percent", "The share of the members up to which failed ones are recovered.")
        .or(Fallback::Integer(MAX_SICK_PERCENT)),
    Property::integer("max_recoveries", "Most recoveries within the window.")
        .or(Fallback::Integer(MAX_RECOVERIES)),
    Property::integer("window", "Seconds over which recoveries are counted.").or(Fallback::Integer(WINDOW)),
]);

const ACTION: Property = Property::map("*", ACTION_KEYS, "A thing to do.");

const ACTION_KEYS: Schema = Schema(&[
    Property::string("name", "What to do.").required().one_of(&["REBOOT", "REBUILD", "RECREATE"]),
    Property::free_map("params", "Parameters of it."),
]);

const FENCING: Property = Property::string("*", "A service.").required().one_of(&["COMPUTE"]);

/// At most one action, no polling more often than allowed, and modes that go together. Null passes the
/// schema where a list or a whole number is wanted, but cannot be counted or compared.
fn semantics(resolved: &JsonMap, health_interval_min: i64) -> Result<(), Fault> {
    let entry = |property: &str, key: &str| resolved.get(property).and_then(|part| part.get(key));
    let list = |property, key| entry(property, key).and_then(Value::as_array).ok_or_else(Fault::malformed);
    if list("recovery", "actions")?.len() > 1 {
        return Err(Fault::new(FaultKind::ESchema, "Only one 'actions' is supported for now."));
    }
    let interval = entry("detection", "interval").and_then(Value::as_number).ok_or_else(Fault::malformed)?;
    if interval.as_i64().is_some_and(|interval| interval < health_interval_min) {
        return Err(invalid(format!(
            "Specified interval of {interval} seconds has to be larger than health_check_interval_min of \
             {health_interval_min} seconds set in configuration."
        )));
    }
    check_modes(list("detection", "detection_modes")?)
}

/// The same, with limits that make sense.
fn limited_semantics(resolved: &JsonMap, health_interval_min: i64) -> Result<(), Fault> {
    semantics(resolved, health_interval_min)?;
    let breaker = resolved.get("recovery").and_then(|part| part.get("circuit_breaker"));
    for (key, least, most) in
        [("max_sick_percent", 0, 100), ("max_recoveries", 0, i64::MAX), ("window", 60, 7 * 24 * 3600)]
    {
        let Some(given) = breaker.and_then(|breaker| breaker.get(key)) else { continue };
        if !given.as_i64().is_some_and(|given| (least..=most).contains(&given)) {
            let range =
                if most == i64::MAX { format!("{least} or more") } else { format!("{least} to {most}") };
            return Err(invalid(format!("The circuit breaker's {key} is {given}; it has to be {range}.")));
        }
    }
    Ok(())
}

/// Either listening alone, or any number of different polls.
fn check_modes(modes: &[Value]) -> Result<(), Fault> {
    let types: Vec<&str> = modes.iter().filter_map(|mode| mode.get("type")?.as_str()).collect();
    let known = MODE_KEYS.property("type").map_or(&[][..], |property| property.allowed);
    let polls = |kind: &&str| *kind != LIFECYCLE_EVENTS && known.contains(kind);
    if types != [LIFECYCLE_EVENTS] && !types.iter().all(polls) {
        return Err(invalid(format!("Invalid detection modes in health policy: {}", types.join(", "))));
    }
    let distinct: HashSet<&Value> = modes.iter().collect();
    if distinct.len() < modes.len() {
        let types = types.join(", ");
        return Err(invalid(format!("Duplicate detection modes are not allowed in health policy: {types}")));
    }
    Ok(())
}
