//! Receivers (spec api-resources A6, engine-receivers-health-events §1): the record, what its calls act
//! with, what its messages ask for, when it acts by itself, and how its calls are protected.

mod actor;
mod hook;
mod order;
pub mod protection;
pub mod schedule;
pub mod signing;

pub use actor::actor;
pub use hook::{HOOK_PREFIX, hook_mailbox};
pub use order::{NotAnOrder, Order, occurred, ordered};
pub use protection::Protection;
pub use schedule::Schedule;
pub use signing::Signing;

use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::ids::{ClusterId, ReceiverId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How a receiver is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiverType {
    /// By a request to its own URL.
    Webhook,
    /// By messages on its own queue.
    Message,
    /// By nobody: it has a schedule.
    Schedule,
}

impl ReceiverType {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Message => "message",
            Self::Schedule => "schedule",
        }
    }
}

/// What the name of every receiver's queue begins with. Whoever may touch these queues is limited to names
/// that begin so.
pub const QUEUE_PREFIX: &str = "senlin-receiver-";

/// A receiver as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receiver {
    /// Its id.
    pub id: ReceiverId,
    /// Its name; not unique.
    pub name: String,
    /// How it is called.
    #[serde(rename = "type")]
    pub kind: ReceiverType,
    /// The user that created it: its calls act for this user.
    pub user: String,
    /// The project it belongs to: its calls reach no other.
    pub project: String,
    /// The domain of a domain-scoped token; normally none.
    pub domain: Option<String>,
    /// The creator's roles at the time: its calls have these and no more.
    pub roles: Vec<String>,
    /// The cluster it acts on; none for a message receiver, whose messages name theirs.
    pub cluster_id: Option<ClusterId>,
    /// What it does; none for a message receiver, whose messages say.
    pub action: Option<ActionKind>,
    /// What is shown of the credentials its calls act with.
    pub actor: JsonMap,
    /// Inputs of the action, which a call may override; null when stored as null.
    pub params: Option<JsonMap>,
    /// How to reach it.
    pub channel: JsonMap,
    /// When it acts by itself; only for the type that does.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// When it does so next; none if it never does again.
    #[serde(default)]
    pub next_run: Option<Timestamp>,
    /// How its calls are protected; only for webhooks.
    #[serde(default)]
    pub protection: Option<Protection>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last updated.
    pub updated_at: Option<Timestamp>,
}

impl Receiver {
    /// How its calls are signed, if they have to be.
    #[must_use]
    pub fn signing(&self) -> Option<&Signing> {
        self.protection.as_ref()?.signing.as_ref()
    }

    /// The name of the queue on which a message receiver of this id is called.
    #[must_use]
    pub fn queue_name(id: ReceiverId) -> String {
        format!("{QUEUE_PREFIX}{id}")
    }

    /// What the action of a call is told: the receiver's own inputs, overlaid by those of the call.
    #[must_use]
    pub fn inputs(&self, given: JsonMap) -> JsonMap {
        let mut inputs = self.params.clone().unwrap_or_default();
        inputs.extend(given);
        inputs
    }
}
