//! Groups of messages: a queue is fair to them, whatever their numbers.

use super::*;

fn send(machine: &mut Machine, group: &str, body: &str) {
    machine.on_q("SendMessage", json!({ "MessageBody": body, "MessageGroupId": group })).unwrap();
}

fn receive_one(machine: &mut Machine) -> Option<Value> {
    let answer = machine.on_q("ReceiveMessage", json!({ "AttributeNames": ["All"] })).unwrap();
    answer["Messages"].get(0).cloned()
}

#[test]
fn one_group_does_not_keep_another_waiting_however_many_messages_it_has() {
    let mut machine = Machine::with_queue(json!({}));
    for number in 0..5_000 {
        send(&mut machine, "crowd", &number.to_string());
    }
    send(&mut machine, "single", "me");
    // A consumer that has received and not deleted is a slot that is taken.
    let slots = (1..).find(|_| receive_one(&mut machine).is_some_and(|message| message["Body"] == "me"));
    assert_eq!(slots, Some(2));
}

#[test]
fn a_group_of_which_much_is_in_flight_comes_after_others_and_again_when_that_is_done() {
    let mut machine = Machine::with_queue(json!({ "VisibilityTimeout": "30" }));
    for body in ["a1", "a2", "a3"] {
        send(&mut machine, "a", body);
    }
    machine.pass(1);
    for body in ["b1", "b2"] {
        send(&mut machine, "b", body);
    }
    let mut order = Vec::new();
    let mut first = None;
    for _ in 0..4 {
        let message = receive_one(&mut machine).unwrap();
        order.push(message["Body"].as_str().unwrap().to_owned());
        first.get_or_insert(message);
    }
    assert_eq!(order, ["a1", "b1", "a2", "b2"]);
    send(&mut machine, "b", "b3");
    // What is deleted is in flight no more.
    machine.delete(&first.unwrap());
    assert_eq!(receive_one(&mut machine).unwrap()["Body"], "a3");
    // Nor is what comes again; it was sent first.
    machine.pass(30_000);
    assert_eq!(receive_one(&mut machine).unwrap()["Body"], "b3");
}

#[test]
fn a_message_tells_its_group_to_whoever_asks() {
    let mut machine = Machine::with_queue(json!({}));
    send(&mut machine, "a", "x");
    assert_eq!(receive_one(&mut machine).unwrap()["Attributes"]["MessageGroupId"], "a");
}

#[test]
fn without_groups_the_longest_due_is_first() {
    let mut machine = Machine::with_queue(json!({}));
    for body in ["one", "two", "three"] {
        machine.send(body);
        machine.pass(1);
    }
    assert_eq!(machine.bodies(), ["one", "two", "three"]);
}
