//! Something that happened: whom it calls, and what it tells of an instance.

use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ReceiverId;
use coppice_engine::health::InstanceEvent;
use serde_json::Value;
use std::collections::BTreeMap;

/// Receivers by what calls them: the ARN of an alarm, of a topic, of any resource of an event, or the source and the
/// type of events (`aws.ec2/EC2 Spot Instance Interruption Warning`).
pub type Mapping = BTreeMap<String, ReceiverId>;

/// What stands before a receiver's id where an event names it.
const MARK: &str = "coppice:receiver:";
/// How long an id is.
const ID: usize = 36;

/// Something that happened. It may call a receiver, tell of an instance, do both or neither.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// The id it has wherever and however often it is told of.
    pub id: String,
    /// The receiver that it calls, or why it calls none.
    pub call: Result<Call, NotACall>,
    /// The instance that came to harm, if it tells of one.
    pub instance: Option<InstanceEvent>,
}

/// A call of a receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Who is called.
    pub receiver: ReceiverId,
    /// What the receiver's action is told.
    pub inputs: JsonMap,
}

/// Why something that happened calls nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACall {
    /// No event of EventBridge and no notification of SNS.
    Unknown,
    /// An alarm that is not in alarm (any more).
    Calm,
    /// A composite alarm whose actions another alarm suppresses.
    Suppressed,
    /// It names no receiver.
    Unaddressed,
}

impl std::fmt::Display for NotACall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unknown => "it is neither an event nor a notification",
            Self::Calm => "the alarm is not in alarm",
            Self::Suppressed => "the alarm's actions are suppressed",
            Self::Unaddressed => "it names no receiver",
        })
    }
}

impl Occurrence {
    /// What is no event and no notification.
    pub(crate) const fn unknown() -> Self {
        Self { id: String::new(), call: Err(NotACall::Unknown), instance: None }
    }
}

/// The receiver that a text names, anywhere in it.
pub(crate) fn named(text: &Value) -> Option<ReceiverId> {
    let (_, rest) = text.as_str()?.split_once(MARK)?;
    rest.get(..ID)?.parse().ok()
}

/// The receiver that an ARN, or a kind of events, stands for.
pub(crate) fn mapped(key: &str, mapping: &Mapping) -> Option<ReceiverId> {
    mapping.get(key).copied()
}

/// The inputs under `params`; none if there is no map.
pub(crate) fn params(body: &Value) -> JsonMap {
    body["params"].as_object().cloned().unwrap_or_default()
}
