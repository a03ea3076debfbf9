//! The event record (spec engine-receivers-health-events §3, api-resources A8).

use crate::cluster::JsonMap;
use crate::ids::{ClusterId, EventId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
    Critical,
}

impl Level {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }
}

/// The phase of its action an event marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Phase {
    Start,
    End,
    Error,
}

impl Phase {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
            Self::Error => "error",
        }
    }
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The cluster or node it is about.
    pub oid: Uuid,
    /// That resource's name at the time.
    pub oname: String,
    /// `CLUSTER` or `NODE`.
    pub otype: String,
    /// The cluster concerned; none for an orphan node.
    pub cluster_id: Option<ClusterId>,
    /// How much it matters.
    pub level: Level,
    /// The user the action acts for.
    pub user: String,
    /// The project it belongs to.
    pub project: String,
    /// The action's kind, or the operation's name.
    pub action: String,
    /// The phase it marks.
    pub status: Phase,
    /// The action's short id at the start, its outcome at the end.
    pub status_reason: String,
    /// Free-form details.
    pub meta_data: JsonMap,
}

impl Event {
    /// Whether the record's time is over at `now`: it happened `retention` ago. The table deletes it some time
    /// later.
    #[must_use]
    pub fn is_forgotten(&self, now: Timestamp, retention: Duration) -> bool {
        self.timestamp.plus(retention) <= now
    }
}
