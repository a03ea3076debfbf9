//! Events of EventBridge: state changes of alarms, and any others.

use crate::instance;
use crate::occurrence::{Call, Mapping, NotACall, Occurrence, mapped, named, params};
use coppice_domain::cluster::JsonMap;
use serde_json::Value;

const ALARM: (&str, &str) = ("aws.cloudwatch", "CloudWatch Alarm State Change");

/// What an event asks for.
pub(crate) fn read(event: &Value, mapping: &Mapping) -> Occurrence {
    let id = event["id"].as_str().unwrap_or_default();
    if id.is_empty() || !event["detail"].is_object() {
        return Occurrence::unknown();
    }
    let instance = instance::read(event, instance::moment(&event["time"]));
    Occurrence { id: id.to_owned(), call: call(event, mapping), instance }
}

/// Whom it calls.
fn call(event: &Value, mapping: &Mapping) -> Result<Call, NotACall> {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    let detail = &event["detail"];
    let is_alarm = (text("source"), text("detail-type")) == ALARM;
    let (named, inputs) = if is_alarm {
        let state = &detail["state"];
        if state["value"] != "ALARM" {
            return Err(NotACall::Calm);
        }
        // A composite alarm tells of its state even where another alarm keeps it from acting.
        if state["actionsSuppressedBy"].is_string() {
            return Err(NotACall::Suppressed);
        }
        (named(&detail["configuration"]["description"]), JsonMap::new())
    } else {
        (named(&detail["receiver"]), params(detail))
    };
    let resources = event["resources"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let kind = format!("{}/{}", text("source"), text("detail-type"));
    // What is said of one resource counts more than what is said of all events of a kind.
    let known = || resources.chain([kind.as_str()]).find_map(|key| mapped(key, mapping));
    let receiver = named.or_else(known).ok_or(NotACall::Unaddressed)?;
    Ok(Call { receiver, inputs })
}
