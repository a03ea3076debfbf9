//! Notifications of SNS: alarms in the form that CloudWatch gives them there, and any others.

use crate::instance;
use crate::occurrence::{Call, Mapping, NotACall, Occurrence, mapped, named, params};
use coppice_domain::cluster::JsonMap;
use serde_json::Value;

/// What a notification asks for.
pub(crate) fn read(record: &Value, mapping: &Mapping) -> Occurrence {
    let notification = &record["Sns"];
    let id = notification["MessageId"].as_str().unwrap_or_default();
    if record["EventSource"] != "aws:sns" || id.is_empty() {
        return Occurrence::unknown();
    }
    // A message is any text; those that say something to us are JSON.
    let text = notification["Message"].as_str().unwrap_or_default();
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    let instance = instance::read(&message, instance::moment(&notification["Timestamp"]));
    Occurrence { id: id.to_owned(), call: call(notification, &message, mapping), instance }
}

/// Whom it calls.
fn call(notification: &Value, message: &Value, mapping: &Mapping) -> Result<Call, NotACall> {
    let is_alarm = message["AlarmName"].is_string() && message["NewStateValue"].is_string();
    if is_alarm && message["NewStateValue"] != "ALARM" {
        return Err(NotACall::Calm);
    }
    let attribute = named(&notification["MessageAttributes"]["receiver"]["Value"]);
    let said = || named(&message[if is_alarm { "AlarmDescription" } else { "receiver" }]);
    let arns = [&message["AlarmArn"], &notification["TopicArn"]].into_iter().filter_map(Value::as_str);
    let known = || arns.into_iter().find_map(|arn| mapped(arn, mapping));
    let receiver = attribute.or_else(said).or_else(known).ok_or(NotACall::Unaddressed)?;
    let inputs = if is_alarm { JsonMap::new() } else { params(message) };
    Ok(Call { receiver, inputs })
}
