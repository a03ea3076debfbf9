//! What EC2 and Nova tell of instances. The event of EC2 is the sample of
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html>, in another state; the
//! notifications have the shapes of Nova's `doc/notification_samples` and of its legacy notifier, abridged.

use super::*;
use crate::{Mapping, read as occurrences};
use serde_json::json;

const STOPPED: &str = include_str!("../../tests/events/ec2_stopped.json");
const LEGACY_PAUSE: &str = include_str!("../../tests/events/nova_legacy.json");
const VERSIONED_POWER_OFF: &str = include_str!("../../tests/events/nova_versioned.json");

const SERVER: &str = "3f9d2c61-7a8b-4e5d-9c1f-0b2a4d6e8f70";
const MEMBER: &str = "b1a7e5d3-2c4f-4e6a-8b9d-7c5f3e1a0d28";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::rfc3339(text).unwrap()
}

/// What the only event, or the only notification, tells.
fn told(event: &Value) -> Option<InstanceEvent> {
    let mut found = occurrences(event, &Mapping::new());
    assert_eq!(found.len(), 1);
    found.remove(0).instance
}

/// The message as a notification of SNS.
fn notified(message: &Value) -> Value {
    let mut notification = json(VERSIONED_POWER_OFF);
    notification["Records"][0]["Sns"]["Message"] = message.to_string().into();
    notification
}

/// The notification of Nova within the sample.
fn message(sample: &str) -> Value {
    let sample = json(sample);
    match sample["Records"][0]["Sns"]["Message"].as_str() {
        Some(text) => json(text),
        None => sample["detail"].clone(),
    }
}

#[test]
fn a_change_of_state_counts_when_it_does_harm() {
    for (state, kind) in [
        ("pending", None),
        ("running", None),
        ("stopping", None),
        ("stopped", Some(Kind::PowerOff)),
        ("shutting-down", Some(Kind::SoftDelete)),
        ("terminated", Some(Kind::SoftDelete)),
        ("", None),
    ] {
        let mut event = json(STOPPED);
        event["detail"]["state"] = state.into();
        let instance = "i-1234567890abcdef0".to_owned();
        let wanted = |kind| InstanceEvent { kind, instance, node: None, at: at("2021-11-11T21:29:54Z") };
        assert_eq!(told(&event), kind.map(wanted), "{state}");
        assert_eq!(told(&notified(&event)), told(&event), "{state}, by way of a topic");
    }
}

#[test]
fn a_notification_counts_in_either_shape_by_either_way() {
    let (happened, told_at) = (at("2026-11-11T21:29:54.899834Z"), at("2026-11-11T21:29:56Z"));
    for (sample, kind) in [(LEGACY_PAUSE, Kind::Pause), (VERSIONED_POWER_OFF, Kind::PowerOff)] {
        let wanted =
            InstanceEvent { kind, instance: SERVER.to_owned(), node: MEMBER.parse().ok(), at: happened };
        let mut event = json(LEGACY_PAUSE);
        event["detail"] = message(sample);
        assert_eq!(told(&event), Some(wanted.clone()));
        assert_eq!(told(&notified(&message(sample))), Some(wanted.clone()));
        // Nova's documented samples do not say when they were sent.
        event["detail"].as_object_mut().unwrap().remove("timestamp");
        assert_eq!(told(&event), Some(InstanceEvent { at: told_at, ..wanted }));
        event["time"] = "lately".into();
        assert_eq!(told(&event), None, "nothing tells it from others of the instance");
    }
}

/// Spec engine-receivers-health-events §2.4.
#[test]
fn the_notifications_that_count_are_those_of_the_reference() {
    for (name, kind) in [
        ("pause.start", None),
        ("pause.end", Some("PAUSE")),
        ("unpause.end", None),
        ("power_off.start", None),
        ("power_off.end", Some("POWER_OFF")),
        ("power_on.end", None),
        ("rebuild.end", None),
        ("rebuild.error", Some("REBUILD")),
        ("shutdown.start", None),
        ("shutdown.end", Some("SHUTDOWN")),
        ("soft_delete.end", Some("SOFT_DELETE")),
        ("delete.end", None),
        ("update", None),
        ("", None),
    ] {
        for (sample, prefix, other) in
            [(LEGACY_PAUSE, LEGACY, VERSIONED), (VERSIONED_POWER_OFF, VERSIONED, LEGACY)]
        {
            let mut notification = message(sample);
            notification["event_type"] = format!("{prefix}{name}").into();
            let found = read(&notification, None).map(|event| event.kind);
            assert_eq!(found, kind.and_then(Kind::named), "{prefix}{name}");
            notification["event_type"] = format!("{other}{name}").into();
            assert_eq!(read(&notification, None), None, "one name in the other's shape");
        }
    }
}

#[test]
fn a_node_is_named_by_the_mark_in_the_metadata_alone() {
    for metadata in [json!({}), json!([]), json!(null), json!({ "cluster_node_id": "web-1" })] {
        let mut notification = message(LEGACY_PAUSE);
        notification["payload"]["metadata"] = metadata.clone();
        let event = read(&notification, None).unwrap();
        assert_eq!((event.node, event.instance.as_str()), (None, SERVER), "{metadata}");
    }
}

#[test]
fn what_names_no_instance_is_no_event_of_one() {
    for id in [json!(null), json!(""), json!(7)] {
        let mut event = json(STOPPED);
        event["detail"]["instance-id"] = id.clone();
        assert_eq!(told(&event), None, "{id}");
        let mut notification = message(LEGACY_PAUSE);
        notification["payload"]["instance_id"] = id.clone();
        assert_eq!(read(&notification, None), None, "{id}");
    }
    for (key, value) in [("source", "example.shop"), ("detail-type", "EC2 Instance Rebalance Recommendation")]
    {
        let mut event = json(STOPPED);
        event[key] = value.into();
        assert_eq!(told(&event), None, "{value}");
    }
}
