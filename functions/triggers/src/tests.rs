//! Events as AWS documents them, and what they ask for.

use super::*;
use uuid::Uuid;

const ALARM: &str = include_str!("../tests/events/alarm.json");
const COMPOSITE: &str = include_str!("../tests/events/composite.json");
const INSTANCE: &str = include_str!("../tests/events/instance.json");
const CUSTOM: &str = include_str!("../tests/events/custom.json");
const NOTIFICATION: &str = include_str!("../tests/events/notification.json");
const ALARM_NOTIFICATION: &str = include_str!("../tests/events/alarm_notification.json");

const RECEIVER: &str = "6a2f41a3-c54c-4ae5-94d0-6b4ac4d9c8de";
const ALARM_ARN: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:WebCpuTooHigh";
const TOPIC_ARN: &str = "arn:aws:sns:us-east-1:123456789012:fleet";

fn event(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn occurrence(event: &Value, mapping: &Mapping) -> Occurrence {
    let mut found = read(event, mapping);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn only(event: &Value, mapping: &Mapping) -> Result<Call, NotACall> {
    let occurrence = occurrence(event, mapping);
    assert_eq!(occurrence.instance, None, "{event}");
    occurrence.call
}

fn mapping(arn: &str) -> Mapping {
    Mapping::from([(arn.to_owned(), RECEIVER.parse().unwrap())])
}

#[test]
fn every_event_names_its_receiver_in_its_own_place() {
    let custom = json!({ "count": 3 });
    for (text, id, inputs) in [
        (ALARM, "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92", json!({})),
        (CUSTOM, "7bf73129-1428-4cd3-a780-95db273d1602", custom.clone()),
        (NOTIFICATION, "95df01b4-ee98-5cb9-9903-4c221d41eb5e", custom),
        (ALARM_NOTIFICATION, "da41e39f-ea4d-435a-b922-c6aae3915ebe", json!({})),
    ] {
        let call = Call { receiver: RECEIVER.parse().unwrap(), inputs: inputs.as_object().cloned().unwrap() };
        let wanted = Occurrence { id: id.to_owned(), call: Ok(call), instance: None };
        assert_eq!(occurrence(&event(text), &Mapping::new()), wanted, "{text}");
    }
}

#[test]
fn what_names_nobody_is_mapped_or_without_consequence() {
    let mut alarm = event(ALARM);
    alarm["detail"]["configuration"]["description"] = "too hot".into();
    let mut custom = event(CUSTOM);
    custom["detail"]["receiver"] = "coppice:receiver:web".into();
    let mut notification = event(NOTIFICATION);
    notification["Records"][0]["Sns"]["MessageAttributes"] = json!({});
    let mut plain = notification.clone();
    plain["Records"][0]["Sns"]["Message"] = "Hello from SNS!".into();
    let mut told = event(ALARM_NOTIFICATION);
    let message = told["Records"][0]["Sns"]["Message"].as_str().unwrap().replace("coppice:receiver:", "");
    told["Records"][0]["Sns"]["Message"] = message.into();
    for (event, arn) in [
        (&alarm, ALARM_ARN),
        (&custom, "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"),
        (&event(COMPOSITE), "arn:aws:cloudwatch:us-east-1:123456789012:alarm:WebIsUnwell"),
        (&event(INSTANCE), "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"),
        (&event(INSTANCE), "aws.ec2/EC2 Spot Instance Interruption Warning"),
        (&notification, TOPIC_ARN),
        (&plain, TOPIC_ARN),
        (&told, ALARM_ARN),
        (&told, TOPIC_ARN),
    ] {
        assert_eq!(only(event, &Mapping::new()), Err(NotACall::Unaddressed), "{event}");
        let receiver = only(event, &mapping(arn)).map(|call| call.receiver);
        assert_eq!(receiver.map(|id| id.to_string()), Ok(RECEIVER.to_owned()), "{event}");
        assert_eq!(only(event, &mapping("arn:aws:sns:other")), Err(NotACall::Unaddressed), "{event}");
    }
}

#[test]
fn an_alarm_that_is_not_in_alarm_has_no_consequence() {
    for state in ["OK", "INSUFFICIENT_DATA"] {
        let mut alarm = event(ALARM);
        alarm["detail"]["state"]["value"] = state.into();
        assert_eq!(only(&alarm, &mapping(ALARM_ARN)), Err(NotACall::Calm));
        let mut told = event(ALARM_NOTIFICATION);
        let message = told["Records"][0]["Sns"]["Message"].as_str().unwrap();
        let message = message.replace(r#""NewStateValue":"ALARM""#, &format!(r#""NewStateValue":"{state}""#));
        told["Records"][0]["Sns"]["Message"] = message.into();
        assert_eq!(only(&told, &mapping(TOPIC_ARN)), Err(NotACall::Calm));
    }
}

#[test]
fn an_alarm_whose_actions_are_suppressed_has_no_consequence() {
    let mut composite = event(COMPOSITE);
    composite["detail"]["state"]["actionsSuppressedBy"] = "WaitPeriod".into();
    let arn = composite["resources"][0].as_str().unwrap().to_owned();
    assert_eq!(only(&composite, &mapping(&arn)), Err(NotACall::Suppressed));
}

#[test]
fn a_resource_counts_more_than_a_kind() {
    let arn = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0";
    let mut both = mapping(arn);
    let other = Uuid::from_u128(1).to_string().parse().unwrap();
    both.insert("aws.ec2/EC2 Spot Instance Interruption Warning".to_owned(), other);
    assert_eq!(only(&event(INSTANCE), &both).unwrap().receiver.to_string(), RECEIVER);
}

#[test]
fn nonsense_is_no_call() {
    let mapping = mapping(ALARM_ARN);
    for nonsense in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "id": "x" }),
        json!({ "detail": {} }),
        json!({ "Records": [{}] }),
        json!({ "Records": [{ "EventSource": "aws:sqs", "Sns": { "MessageId": "x" } }] }),
    ] {
        assert_eq!(only(&nonsense, &mapping), Err(NotACall::Unknown), "{nonsense}");
    }
    assert_eq!(read(&json!({ "Records": [] }), &mapping), []);
    let marked = |text: &str| crate::occurrence::named(&text.into()).map(|id| id.uuid());
    assert_eq!(
        marked(&format!("see coppice:receiver:{RECEIVER}, and so on")),
        Uuid::try_parse(RECEIVER).ok()
    );
    for text in ["", "coppice:receiver:", RECEIVER, &format!("coppice:receiver:{}é", &RECEIVER[..35])] {
        assert_eq!(marked(text), None, "{text}");
    }
}

/// What tells of an instance calls a receiver as well, if it names one.
#[test]
fn an_event_of_an_instance_may_call_a_receiver_besides() {
    let stopped = event(include_str!("../tests/events/ec2_stopped.json"));
    let mut told = event(include_str!("../tests/events/nova_versioned.json"));
    told["Records"][0]["Sns"]["MessageAttributes"] =
        event(NOTIFICATION)["Records"][0]["Sns"]["MessageAttributes"].take();
    for (event, mapping) in [
        (&stopped, mapping("aws.ec2/EC2 Instance State-change Notification")),
        (&stopped, mapping("arn:aws:ec2:us-east-1:123456789012:instance/i-1234567890abcdef0")),
        (&told, Mapping::new()),
    ] {
        let occurrence = occurrence(event, &mapping);
        assert_eq!(occurrence.call.map(|call| call.receiver.to_string()), Ok(RECEIVER.to_owned()), "{event}");
        assert!(occurrence.instance.is_some(), "{event}");
    }
    let alone = occurrence(&stopped, &Mapping::new());
    assert_eq!(alone.call, Err(NotACall::Unaddressed));
    assert!(alone.instance.is_some());
}
