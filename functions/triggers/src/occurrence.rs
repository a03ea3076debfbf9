//! Something that happened and calls a receiver.

use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ReceiverId;
use serde_json::Value;
use std::collections::BTreeMap;

/// Receivers by what calls them: the ARN of an alarm, of a topic, of any resource of an event, or the source and the
/// type of events (`aws.ec2/EC2 Spot Instance Interruption Warning`).
pub type Mapping = BTreeMap<String, ReceiverId>;

/// What stands before a receiver's id where an event names it.
const MARK: &str = "coppice:receiver:";
/// How long an id is.
const ID: usize = 36;

/// Something that happened and calls a receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// The id it has wherever and however often it is told of.
    pub id: String,
    /// Whom it calls.
    pub receiver: ReceiverId,
    /// What it tells the receiver's action.
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
