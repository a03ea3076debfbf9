//! Events of instances: the changes of state that EC2 tells of, and Nova's notifications in both of their shapes
//! (spec engine-receivers-health-events §2.4).

use coppice_domain::time::Timestamp;
use coppice_engine::health::{InstanceEvent, InstanceEventKind as Kind};
use serde_json::Value;

const EC2: (&str, &str) = ("aws.ec2", "EC2 Instance State-change Notification");

/// The states that do harm. Of a stop the last alone, `stopped`: `stopping` leads to it, and both would be two
/// recoveries. Of a termination both: the backend may still say whose the instance is while that goes on, and may
/// not have been asked in time. The second finds the node held, or with another instance, and so changes nothing.
const EC2_STATES: [(&str, Kind); 3] =
    [("stopped", Kind::PowerOff), ("shutting-down", Kind::SoftDelete), ("terminated", Kind::SoftDelete)];

/// The notifications that the reference listens for, without the beginning that tells their shapes apart. Their
/// priority is not looked at: Nova sends the failure of a rebuild as an error, which the reference, listening for
/// information alone, would miss.
const NOVA: [(&str, Kind); 5] = [
    ("pause.end", Kind::Pause),
    ("power_off.end", Kind::PowerOff),
    ("rebuild.error", Kind::Rebuild),
    ("shutdown.end", Kind::Shutdown),
    ("soft_delete.end", Kind::SoftDelete),
];
const LEGACY: &str = "compute.instance.";
const VERSIONED: &str = "instance.";

/// Where the engine notes in the metadata of a Nova instance which node it is.
const NODE: &str = "cluster_node_id";

/// What a body tells of an instance: an event of EC2, a notification of Nova, or an event whose `detail` is one. It
/// was sent at `sent`, which is when it happened if it does not say so itself.
pub(crate) fn read(body: &Value, sent: Option<Timestamp>) -> Option<InstanceEvent> {
    let nova = || [body, &body["detail"]].into_iter().find_map(|notification| nova(notification, sent));
    ec2(body, sent).or_else(nova)
}

/// The moment that a text names. Nova's have no zone, and a blank between day and hour.
pub(crate) fn moment(text: &Value) -> Option<Timestamp> {
    let text = text.as_str()?;
    let utc = || Timestamp::rfc3339(&format!("{}Z", text.replacen(' ', "T", 1)));
    Timestamp::rfc3339(text).or_else(utc)
}

fn ec2(event: &Value, sent: Option<Timestamp>) -> Option<InstanceEvent> {
    let (source, kind) = EC2;
    if event["source"] != source || event["detail-type"] != kind {
        return None;
    }
    let detail = &event["detail"];
    let kind = kind_of(detail["state"].as_str()?, &EC2_STATES)?;
    // The instance's tags are not among what is told: the backend says whose it is.
    happened(kind, &detail["instance-id"], &Value::Null, moment(&event["time"]).or(sent))
}

fn nova(notification: &Value, sent: Option<Timestamp>) -> Option<InstanceEvent> {
    let (name, payload) = (notification["event_type"].as_str()?, &notification["payload"]);
    let (name, id, data) = match (name.strip_prefix(LEGACY), name.strip_prefix(VERSIONED)) {
        (Some(name), _) => (name, "instance_id", payload),
        (None, Some(name)) => (name, "uuid", &payload["nova_object.data"]),
        (None, None) => return None,
    };
    let at = moment(&notification["timestamp"]).or(sent);
    happened(kind_of(name, &NOVA)?, &data[id], &data["metadata"][NODE], at)
}

fn kind_of(name: &str, kinds: &[(&str, Kind)]) -> Option<Kind> {
    kinds.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The event, if it names an instance and a time.
fn happened(kind: Kind, instance: &Value, node: &Value, at: Option<Timestamp>) -> Option<InstanceEvent> {
    let instance = instance.as_str().filter(|id| !id.is_empty())?.to_owned();
    let node = node.as_str().and_then(|id| id.parse().ok());
    Some(InstanceEvent { kind, instance, node, at: at? })
}

#[cfg(test)]
mod tests;
