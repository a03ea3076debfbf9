//! Creating, listing and configuring queues.

use super::*;

#[test]
fn creating_a_queue_again_answers_its_url_unless_an_attribute_differs() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "5" }));
    let url = json!({ "QueueUrl": "http://sqs.test/000000000000/q" });
    for (attributes, expected) in [
        (json!({}), Ok(url.clone())),
        (json!({ "VisibilityTimeout": "5" }), Ok(url.clone())),
        (json!({ "VisibilityTimeout": "6" }), Err(Code::QueueNameExists)),
        (json!({ "DelaySeconds": "1" }), Err(Code::QueueNameExists)),
    ] {
        let again = json!({ "QueueName": "q", "Attributes": attributes });
        assert_eq!(machine.call("CreateQueue", again), expected, "{attributes}");
    }
    assert_eq!(machine.call("GetQueueUrl", json!({ "QueueName": "q" })), Ok(url));
}

#[test]
fn queues_that_are_not_served_are_refused() {
    let mut machine = Machine::new();
    let gone = "arn:aws:sqs:us-east-1:000000000000:gone";
    let policy = json!({ "deadLetterTargetArn": gone, "maxReceiveCount": 1 }).to_string();
    let missing = json!({ "RedrivePolicy": policy });
    for (name, attributes, code) in [
        ("a.fifo", json!({ "FifoQueue": "true" }), Code::UnsupportedOperation),
        ("a", json!({ "FifoQueue": "true" }), Code::UnsupportedOperation),
        ("a b", json!({}), Code::InvalidParameterValue),
        ("a", json!({ "Colour": "red" }), Code::InvalidAttributeName),
        ("a", json!({ "DelaySeconds": "901" }), Code::InvalidAttributeValue),
        ("a", missing, Code::InvalidParameterValue),
    ] {
        let body = json!({ "QueueName": name, "Attributes": attributes });
        assert_eq!(machine.call("CreateQueue", body), Err(code), "{name} {attributes}");
    }
    assert_eq!(machine.call("ListQueues", json!({})), Ok(json!({ "QueueUrls": [] })));
}

#[test]
fn queues_are_listed_by_prefix_and_in_pages() {
    let mut machine = Machine::new();
    for name in ["b", "a2", "a1", "a3"] {
        machine.call("CreateQueue", json!({ "QueueName": name })).unwrap();
    }
    let url = |name: &str| format!("http://sqs.test/000000000000/{name}");
    let first = machine.call("ListQueues", json!({ "QueueNamePrefix": "a", "MaxResults": 2 })).unwrap();
    assert_eq!(first["QueueUrls"], json!([url("a1"), url("a2")]));
    let next = json!({ "QueueNamePrefix": "a", "MaxResults": 2, "NextToken": first["NextToken"] });
    assert_eq!(machine.call("ListQueues", next), Ok(json!({ "QueueUrls": [url("a3")] })));
    assert_eq!(machine.call("ListQueues", json!({ "MaxResults": 1001 })), Err(Code::InvalidParameterValue));
}

#[test]
fn attributes_are_shown_by_name_and_set_together_or_not_at_all() {
    let mut machine = Machine::with_queue(json!({}));
    let named = json!({ "AttributeNames": ["QueueArn", "VisibilityTimeout", "RedrivePolicy"] });
    let arn = "arn:aws:sqs:us-east-1:000000000000:q";
    let shown = |timeout: &str| json!({ "Attributes": { "QueueArn": arn, "VisibilityTimeout": timeout } });
    assert_eq!(machine.on_q("GetQueueAttributes", named.clone()), Ok(shown("30")));
    let half_wrong = json!({ "Attributes": { "VisibilityTimeout": "9", "DelaySeconds": "x" } });
    assert_eq!(machine.on_q("SetQueueAttributes", half_wrong), Err(Code::InvalidAttributeValue));
    assert_eq!(machine.on_q("GetQueueAttributes", named.clone()), Ok(shown("30")));
    machine.on_q("SetQueueAttributes", json!({ "Attributes": { "VisibilityTimeout": "9" } })).unwrap();
    assert_eq!(machine.on_q("GetQueueAttributes", named), Ok(shown("9")));
    assert_eq!(machine.on_q("GetQueueAttributes", json!({})), Ok(json!({})));
    let unknown = json!({ "AttributeNames": ["Colour"] });
    assert_eq!(machine.on_q("GetQueueAttributes", unknown), Err(Code::InvalidAttributeName));
}

#[test]
fn a_purged_queue_is_empty_and_a_deleted_one_unknown() {
    let mut machine = Machine::with_queue(json!({}));
    machine.send("seen");
    machine.receive();
    machine.send("waiting");
    machine.on_q("PurgeQueue", json!({})).unwrap();
    assert_eq!(machine.counts(), ["0", "0", "0"]);
    machine.on_q("DeleteQueue", json!({})).unwrap();
    assert_eq!(machine.on_q("SendMessage", json!({ "MessageBody": "x" })), Err(Code::QueueDoesNotExist));
    assert_eq!(machine.call("GetQueueUrl", json!({ "QueueName": "q" })), Err(Code::QueueDoesNotExist));
}

#[test]
fn a_batch_reports_each_entry_and_its_whole_length_is_bounded() {
    let mut machine = Machine::with_queue(json!({}));
    let entries = json!([
        { "Id": "good", "MessageBody": "x" },
        { "Id": "late", "MessageBody": "x", "DelaySeconds": 901 },
    ]);
    let sent = machine.on_q("SendMessageBatch", json!({ "Entries": entries })).unwrap();
    assert_eq!(
        (sent["Successful"][0]["Id"].as_str(), sent["Failed"][0]["Id"].as_str()),
        (Some("good"), Some("late"))
    );
    assert_eq!(sent["Failed"][0]["Code"], "InvalidParameterValue");

    let half = "x".repeat(600 * 1024);
    let entries = json!([{ "Id": "a", "MessageBody": half }, { "Id": "b", "MessageBody": half }]);
    assert_eq!(
        machine.on_q("SendMessageBatch", json!({ "Entries": entries })),
        Err(Code::BatchRequestTooLong)
    );
    assert_eq!(machine.counts(), ["1", "0", "0"]);
}

#[test]
fn calls_that_make_no_sense_are_refused() {
    let mut machine = Machine::with_queue(json!({}));
    for (operation, body, code) in [
        ("", json!({}), Code::UnsupportedOperation),
        ("StartMessageMoveTask", json!({}), Code::UnsupportedOperation),
        ("SendMessage", json!({ "MessageBody": "x" }), Code::MissingParameter),
        ("SendMessage", json!({ "QueueUrl": "q" }), Code::MissingParameter),
        ("SendMessage", json!({ "QueueUrl": "q", "MessageBody": 1 }), Code::SerializationException),
        ("SendMessageBatch", json!({ "QueueUrl": "q" }), Code::EmptyBatchRequest),
        (
            "ReceiveMessage",
            json!({ "QueueUrl": "q", "MaxNumberOfMessages": 11 }),
            Code::InvalidParameterValue,
        ),
        ("ReceiveMessage", json!({ "QueueUrl": "q", "MaxNumberOfMessages": 0 }), Code::InvalidParameterValue),
        ("ReceiveMessage", json!({ "QueueUrl": "q", "WaitTimeSeconds": 21 }), Code::InvalidParameterValue),
        (
            "ReceiveMessage",
            json!({ "QueueUrl": "q", "VisibilityTimeout": 43_201 }),
            Code::InvalidParameterValue,
        ),
        ("DeleteMessage", json!({ "QueueUrl": "q", "ReceiptHandle": "zzz" }), Code::ReceiptHandleIsInvalid),
        ("ChangeMessageVisibility", json!({ "QueueUrl": "q", "ReceiptHandle": "z" }), Code::MissingParameter),
    ] {
        assert_eq!(machine.call(operation, body.clone()), Err(code), "{operation} {body}");
    }
}
