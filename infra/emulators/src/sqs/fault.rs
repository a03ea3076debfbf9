//! Refusals, as the two ways of reaching the service spell them.

use serde_json::json;

/// Why a call, or one entry of a batch, is refused. Every refusal is the sender's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidBatchEntryId,
    InvalidMessageContents,
    InvalidParameterValue,
    MissingParameter,
    QueueDoesNotExist,
    QueueNameExists,
    ReceiptHandleIsInvalid,
    SerializationException,
    TooManyEntriesInBatchRequest,
    UnsupportedOperation,
}

impl Code {
    /// The error's name in the service's JSON model.
    fn shape(self) -> &'static str {
        match self {
            Self::BatchEntryIdsNotDistinct => "BatchEntryIdsNotDistinct",
            Self::BatchRequestTooLong => "BatchRequestTooLong",
            Self::EmptyBatchRequest => "EmptyBatchRequest",
            Self::InvalidAttributeName => "InvalidAttributeName",
            Self::InvalidAttributeValue => "InvalidAttributeValue",
            Self::InvalidBatchEntryId => "InvalidBatchEntryId",
            Self::InvalidMessageContents => "InvalidMessageContents",
            Self::InvalidParameterValue => "InvalidParameterValue",
            Self::MissingParameter => "MissingParameter",
            Self::QueueDoesNotExist => "QueueDoesNotExist",
            Self::QueueNameExists => "QueueNameExists",
            Self::ReceiptHandleIsInvalid => "ReceiptHandleIsInvalid",
            Self::SerializationException => "SerializationException",
            Self::TooManyEntriesInBatchRequest => "TooManyEntriesInBatchRequest",
            Self::UnsupportedOperation => "UnsupportedOperation",
        }
    }

    /// The code of the older query protocol, which is the one every SDK reports.
    pub(super) fn query(self) -> &'static str {
        match self {
            Self::BatchEntryIdsNotDistinct => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            Self::BatchRequestTooLong => "AWS.SimpleQueueService.BatchRequestTooLong",
            Self::EmptyBatchRequest => "AWS.SimpleQueueService.EmptyBatchRequest",
            Self::InvalidBatchEntryId => "AWS.SimpleQueueService.InvalidBatchEntryId",
            Self::QueueDoesNotExist => "AWS.SimpleQueueService.NonExistentQueue",
            Self::QueueNameExists => "QueueAlreadyExists",
            Self::TooManyEntriesInBatchRequest => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            Self::UnsupportedOperation => "AWS.SimpleQueueService.UnsupportedOperation",
            other => other.shape(),
        }
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.query())]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
}

impl Fault {
    /// A refusal whose message is whole sentences.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// `value` of `parameter` is refused because of `reason`, a whole sentence.
    pub(super) fn parameter(parameter: &str, value: impl std::fmt::Display, reason: &str) -> Self {
        let message = format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}");
        Self::new(Code::InvalidParameterValue, message)
    }

    /// The required `parameter` is absent.
    pub(super) fn missing(parameter: &str) -> Self {
        let message = format!("The request must contain the parameter {parameter}.");
        Self::new(Code::MissingParameter, message)
    }

    /// There is no queue called `name`.
    pub(super) fn no_queue(name: &str) -> Self {
        let message = format!(
            "The specified queue does not exist: {name}. Create it; queues do not outlive the emulator's \
             process."
        );
        Self::new(Code::QueueDoesNotExist, message)
    }

    /// What the real service has and this one has not, beginning a sentence, and what to do `instead`.
    pub(super) fn not_served(what: &str, instead: &str) -> Self {
        let message = format!("{what} not served by this emulator. {instead}");
        Self::new(Code::UnsupportedOperation, message)
    }

    /// The body over HTTP, where the query code travels in a header beside it.
    pub(super) fn http_body(&self) -> String {
        self.body(self.code.shape())
    }

    /// The header `x-amzn-query-error`: the query code and whose fault it is.
    pub(super) fn query_error_header(&self) -> String {
        format!("{};Sender", self.code.query())
    }

    /// The body in process, where no header travels: the Rust SDK tells errors apart by the query code.
    pub(super) fn in_process_body(&self) -> String {
        self.body(self.code.query())
    }

    fn body(&self, code: &str) -> String {
        json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": self.message }).to_string()
    }
}
