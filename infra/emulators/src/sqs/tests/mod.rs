//! The service from outside: as a state machine, through the SDK, and over a socket.

mod admin;
mod fairness;
mod sdk;
mod socket;
mod visibility;

use super::command::Command;
use super::fault::Code;
use super::queues::{Answer, Queues};
use crate::http_client::Call;
use serde_json::{Value, json};
use std::fmt::Display;
use std::time::Duration;

/// The state machine and its time, in milliseconds from an arbitrary start.
struct Machine {
    queues: Queues,
    now: Duration,
}

impl Machine {
    fn new() -> Self {
        Self { queues: Queues::new("http://sqs.test/".to_owned()), now: Duration::from_secs(1_000_000) }
    }

    /// With one queue, `q`.
    fn with_queue(attributes: impl Into<Value>) -> Self {
        let mut machine = Self::new();
        machine.call("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes.into() })).unwrap();
        machine
    }

    fn pass(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
    }

    fn apply(&mut self, operation: &str, body: impl Display) -> Result<Answer, Code> {
        let call = Call { operation: operation.to_owned(), body: body.to_string(), path: "/".to_owned() };
        let command = Command::parse(&call).map_err(|fault| fault.code)?;
        self.queues.apply(self.now, &command).answer.map_err(|fault| fault.code)
    }

    /// Calls, and takes finding nothing for an answer without messages.
    fn call(&mut self, operation: &str, body: impl Display) -> Result<Value, Code> {
        Ok(match self.apply(operation, body)? {
            Answer::Body(body) => body,
            Answer::Nothing { .. } => json!({ "Messages": [] }),
        })
    }

    /// An operation on `q`.
    fn on_q(&mut self, operation: &str, mut body: Value) -> Result<Value, Code> {
        body["QueueUrl"] = "http://sqs.test/000000000000/q".into();
        self.call(operation, body)
    }

    fn send(&mut self, body: &str) {
        self.on_q("SendMessage", json!({ "MessageBody": body })).unwrap();
    }

    /// What can be received from the queue now, up to ten.
    fn receive_from(&mut self, queue: &str) -> Vec<Value> {
        let body = json!({ "QueueUrl": queue, "MaxNumberOfMessages": 10, "AttributeNames": ["All"] });
        self.call("ReceiveMessage", body).unwrap()["Messages"].as_array().unwrap().clone()
    }

    fn receive(&mut self) -> Vec<Value> {
        self.receive_from("q")
    }

    /// The bodies of what can be received now.
    fn bodies(&mut self) -> Vec<String> {
        self.receive().iter().map(|message| message["Body"].as_str().unwrap().to_owned()).collect()
    }

    fn hide(&mut self, message: &Value, seconds: i64) -> Result<Value, Code> {
        let body = json!({ "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": seconds });
        self.on_q("ChangeMessageVisibility", body)
    }

    fn delete(&mut self, message: &Value) {
        self.on_q("DeleteMessage", json!({ "ReceiptHandle": message["ReceiptHandle"] })).unwrap();
    }

    /// Visible, in flight, delayed.
    fn counts(&mut self) -> [String; 3] {
        let all = self.on_q("GetQueueAttributes", json!({ "AttributeNames": ["All"] })).unwrap();
        ["", "NotVisible", "Delayed"].map(|kind| {
            all["Attributes"][format!("ApproximateNumberOfMessages{kind}")].as_str().unwrap().to_owned()
        })
    }
}
