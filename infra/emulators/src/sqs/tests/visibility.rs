//! When a message can be received, and by whom.

use super::*;

#[test]
fn a_received_message_is_hidden_until_its_timeout_and_then_counts_its_receives() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "10" }));
    machine.send("x");
    assert_eq!(machine.receive()[0]["Attributes"]["ApproximateReceiveCount"], "1");
    machine.pass(9_999);
    assert!(machine.receive().is_empty());
    machine.pass(1);
    assert_eq!(machine.receive()[0]["Attributes"]["ApproximateReceiveCount"], "2");
}

#[test]
fn a_delay_comes_from_the_message_or_else_from_the_queue() {
    let mut machine = Machine::with_queue(json!({ "DelaySeconds": "5" }));
    machine.send("five");
    machine.on_q("SendMessage", json!({ "MessageBody": "none", "DelaySeconds": 0 })).unwrap();
    machine.on_q("SendMessage", json!({ "MessageBody": "nine", "DelaySeconds": 9 })).unwrap();
    assert_eq!(machine.counts(), ["1", "0", "2"]);
    assert_eq!(machine.bodies(), ["none"]);
    machine.pass(5_000);
    assert_eq!(machine.bodies(), ["five"]);
    machine.pass(4_000);
    assert_eq!(machine.bodies(), ["nine"]);
    assert_eq!(machine.counts(), ["0", "3", "0"]);
}

#[test]
fn finding_nothing_tells_when_to_look_again() {
    let mut machine = Machine::with_queue(json!({ "ReceiveMessageWaitTimeSeconds": "7" }));
    let receive = json!({ "QueueUrl": "q" });
    let wait = Duration::from_secs(7);
    let nothing = machine.apply("ReceiveMessage", receive.clone());
    assert_eq!(nothing, Ok(Answer::Nothing { wait, next_due: None }));
    machine.send("x");
    machine.receive();
    let nothing = machine.apply("ReceiveMessage", receive);
    let next_due = Some(machine.now + Duration::from_secs(30));
    assert_eq!(nothing, Ok(Answer::Nothing { wait, next_due }));
}

#[test]
fn a_message_hidden_for_no_time_is_received_once_by_each_call() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "0" }));
    machine.send("x");
    assert_eq!(machine.bodies(), ["x"]);
    assert_eq!(machine.bodies(), ["x"]);
}

#[test]
fn its_receiver_may_hide_a_message_longer_or_give_it_back() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "2" }));
    machine.send("x");
    let message = machine.receive().remove(0);
    machine.hide(&message, 60).unwrap();
    machine.pass(59_000);
    assert!(machine.receive().is_empty());
    machine.hide(&message, 0).unwrap();
    assert_eq!(machine.receive().len(), 1);
}

#[test]
fn a_superseded_receiver_neither_hides_nor_deletes() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "2" }));
    machine.send("x");
    let first = machine.receive().remove(0);
    machine.pass(2_000);
    machine.hide(&first, 60).unwrap();
    let second = machine.receive().remove(0);
    machine.hide(&first, 60).unwrap();
    machine.delete(&first);
    machine.pass(2_000);
    assert_eq!(machine.counts(), ["1", "0", "0"]);
    machine.delete(&second);
    assert_eq!(machine.counts(), ["0", "0", "0"]);
}

#[test]
fn a_deleted_message_may_be_deleted_again_but_not_hidden() {
    let mut machine = Machine::with_queue(json!({}));
    machine.send("x");
    let message = machine.receive().remove(0);
    machine.delete(&message);
    machine.delete(&message);
    assert_eq!(machine.hide(&message, 5), Err(Code::InvalidParameterValue));
}

#[test]
fn no_message_is_hidden_for_more_than_twelve_hours_from_its_receive() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "60" }));
    machine.send("x");
    let message = machine.receive().remove(0);
    assert_eq!(machine.hide(&message, 43_201), Err(Code::InvalidParameterValue));
    machine.pass(1_000);
    assert_eq!(machine.hide(&message, 43_200), Err(Code::InvalidParameterValue));
    assert!(machine.hide(&message, 43_199).is_ok());
}

#[test]
fn a_message_received_too_often_moves_to_the_dead_letter_queue() {
    let mut machine = Machine::new();
    machine.call("CreateQueue", json!({ "QueueName": "dead" })).unwrap();
    let policy =
        json!({ "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead", "maxReceiveCount": 2 });
    let attributes = json!({ "VisibilityTimeout": "1", "RedrivePolicy": policy.to_string() });
    machine.call("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes })).unwrap();
    machine.send("x");
    for _ in 0..2 {
        assert_eq!(machine.bodies(), ["x"]);
        machine.pass(1_000);
    }
    assert!(machine.receive().is_empty());
    assert_eq!(machine.counts(), ["0", "0", "0"]);
    let buried = machine.receive_from("dead").remove(0);
    assert_eq!(buried["Attributes"]["DeadLetterQueueSourceArn"], "arn:aws:sqs:us-east-1:000000000000:q");
    assert_eq!(buried["Attributes"]["ApproximateReceiveCount"], "3");
}

#[test]
fn without_its_dead_letter_queue_a_message_stays() {
    let mut machine = Machine::new();
    machine.call("CreateQueue", json!({ "QueueName": "dead" })).unwrap();
    let policy =
        json!({ "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead", "maxReceiveCount": 1 });
    let attributes = json!({ "VisibilityTimeout": "0", "RedrivePolicy": policy.to_string() });
    machine.call("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes })).unwrap();
    machine.call("DeleteQueue", json!({ "QueueUrl": "dead" })).unwrap();
    machine.send("x");
    for _ in 0..3 {
        assert_eq!(machine.bodies(), ["x"]);
    }
}

#[test]
fn a_message_past_its_retention_is_gone() {
    let mut machine = Machine::with_queue(json!({ "MessageRetentionPeriod": "60" }));
    machine.send("old");
    machine.pass(30_000);
    machine.send("new");
    machine.pass(30_000);
    assert_eq!(machine.bodies(), ["new"]);
}

#[test]
fn what_may_give_a_waiting_receiver_something_wakes_it() {
    let mut machine = Machine::with_queue(json!({}));
    machine.send("x");
    let message = machine.receive().remove(0);
    let receipt =
        json!({ "QueueUrl": "q", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0 });
    for (operation, body, wakes) in [
        ("ReceiveMessage", json!({ "QueueUrl": "q" }), false),
        ("GetQueueAttributes", json!({ "QueueUrl": "q" }), false),
        ("SendMessage", json!({ "QueueUrl": "q" , "MessageBody": "y" }), true),
        ("ChangeMessageVisibility", receipt.clone(), true),
        ("DeleteMessage", receipt, false),
        ("DeleteQueue", json!({ "QueueUrl": "q" }), true),
    ] {
        let call = Call { operation: operation.to_owned(), body: body.to_string(), path: String::new() };
        let applied = machine.queues.apply(machine.now, &Command::parse(&call).unwrap());
        assert_eq!((applied.answer.is_ok(), applied.wake), (true, wakes), "{operation}");
    }
}
