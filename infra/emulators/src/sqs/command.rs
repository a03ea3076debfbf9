//! Calls, read from the wire.

use super::fault::{Code, Fault};
use crate::http_client::Call;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A call.
#[derive(Clone, Debug)]
pub(super) enum Command {
    CreateQueue(CreateQueue),
    GetQueueUrl(GetQueueUrl),
    ListQueues(ListQueues),
    /// An operation on the queue of this name.
    OnQueue(String, Operation),
}

/// A call on one queue.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    GetQueueAttributes(GetQueueAttributes),
    SetQueueAttributes(SetQueueAttributes),
    PurgeQueue,
    DeleteQueue,
    SendMessage(SendMessage),
    SendMessageBatch(Batch<SendMessage>),
    ReceiveMessage(ReceiveMessage),
    DeleteMessage(OfReceipt),
    DeleteMessageBatch(Batch<OfReceipt>),
    ChangeMessageVisibility(OfReceipt),
    ChangeMessageVisibilityBatch(Batch<OfReceipt>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateQueue {
    pub(super) queue_name: String,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueUrl {
    pub(super) queue_name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListQueues {
    #[serde(default)]
    pub(super) queue_name_prefix: String,
    pub(super) max_results: Option<i64>,
    pub(super) next_token: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueAttributes {
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetQueueAttributes {
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessage {
    pub(super) message_body: String,
    pub(super) delay_seconds: Option<i64>,
    #[serde(default)]
    pub(super) message_attributes: BTreeMap<String, RawAttribute>,
    #[serde(default)]
    pub(super) message_system_attributes: BTreeMap<String, RawAttribute>,
    pub(super) message_group_id: Option<String>,
    pub(super) message_deduplication_id: Option<String>,
}

/// A message attribute before it is checked; a binary value is in base64.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RawAttribute {
    pub(super) data_type: String,
    pub(super) string_value: Option<String>,
    pub(super) binary_value: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    pub(super) max_number_of_messages: Option<i64>,
    pub(super) visibility_timeout: Option<i64>,
    pub(super) wait_time_seconds: Option<i64>,
    /// The older name of `message_system_attribute_names`.
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) message_system_attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) message_attribute_names: Vec<String>,
}

/// A call about a message that was received.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfReceipt {
    pub(super) receipt_handle: String,
    /// Of a change of visibility, in seconds.
    pub(super) visibility_timeout: Option<i64>,
}

/// Several calls of one kind, answered one by one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch<T> {
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<Entry<T>>,
}

/// A call in a batch, and the name that its answer bears.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entry<T> {
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) request: T,
}

impl Command {
    /// Reads a call. The queue is the last part of the body's `QueueUrl` or else of the path called.
    pub(super) fn parse(call: &Call) -> Result<Self, Fault> {
        if call.operation.is_empty() {
            let message = "The call lacks the header X-Amz-Target: AmazonSQS.<operation>. Only the protocol \
                           AWS JSON 1.0 is served; use an SDK of 2024 or later.";
            return Err(Fault::new(Code::UnsupportedOperation, message));
        }
        // A call without parameters may come without a body.
        let text = if call.body.is_empty() { "{}" } else { &call.body };
        let body: Map<String, Value> = read_with(text, serde_json::from_str)?;
        Ok(match call.operation.as_str() {
            "CreateQueue" => Self::CreateQueue(read(body)?),
            "GetQueueUrl" => Self::GetQueueUrl(read(body)?),
            "ListQueues" => Self::ListQueues(read(body)?),
            name => {
                let queue = queue_name(&body, &call.path);
                let operation = Operation::read(name, body)?;
                Self::OnQueue(queue.ok_or_else(|| Fault::missing("QueueUrl"))?, operation)
            }
        })
    }
}

impl Operation {
    fn read(name: &str, body: Map<String, Value>) -> Result<Self, Fault> {
        Ok(match name {
            "GetQueueAttributes" => Self::GetQueueAttributes(read(body)?),
            "SetQueueAttributes" => Self::SetQueueAttributes(read(body)?),
            "PurgeQueue" => Self::PurgeQueue,
            "DeleteQueue" => Self::DeleteQueue,
            "SendMessage" => Self::SendMessage(read(body)?),
            "SendMessageBatch" => Self::SendMessageBatch(read(body)?),
            "ReceiveMessage" => Self::ReceiveMessage(read(body)?),
            "DeleteMessage" => Self::DeleteMessage(read(body)?),
            "DeleteMessageBatch" => Self::DeleteMessageBatch(read(body)?),
            "ChangeMessageVisibility" => Self::ChangeMessageVisibility(read(body)?),
            "ChangeMessageVisibilityBatch" => Self::ChangeMessageVisibilityBatch(read(body)?),
            other => {
                let what = format!("The operation {other} is");
                return Err(Fault::not_served(&what, "Call it on AWS."));
            }
        })
    }
}

/// The name in `http://…/<account>/<queue>` or `/<account>/<queue>`.
fn queue_name(body: &Map<String, Value>, path: &str) -> Option<String> {
    let url = body.get("QueueUrl").and_then(Value::as_str).unwrap_or(path);
    url.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

fn read<T: DeserializeOwned>(body: Map<String, Value>) -> Result<T, Fault> {
    read_with(Value::Object(body), serde_json::from_value)
}

fn read_with<S, T>(source: S, reader: impl FnOnce(S) -> serde_json::Result<T>) -> Result<T, Fault> {
    reader(source).map_err(|cause| {
        let cause = cause.to_string();
        // serde names the absent field between backticks.
        match cause.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            Some(field) => Fault::missing(field),
            None => Fault::new(Code::SerializationException, format!("The body cannot be read: {cause}.")),
        }
    })
}
