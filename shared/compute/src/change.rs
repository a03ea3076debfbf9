//! Changes to an instance that exists.

use crate::request::Token;
use coppice_domain::cluster::JsonMap;
use std::time::Duration;

/// A change that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its name, derived from (action, step, node): a step that runs twice asks for the same change twice.
    pub token: Token,
    /// What is to become of the instance.
    pub what: Alteration,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq)]
pub enum Alteration {
    /// An operation of the profile's type, such as `reboot`, with its parameters (spec engine-nodes §5.8).
    Operate {
        /// The operation.
        operation: String,
        /// Its parameters.
        params: JsonMap,
    },
    /// To be as a profile of the same type says (spec engine-nodes §5.4).
    Update {
        /// The instance's name.
        name: String,
        /// The profile's properties, resolved.
        spec: JsonMap,
        /// The metadata users see on the instance, in place of what it has.
        metadata: JsonMap,
        /// The longest time an instance that has to be off for this is given to shut down in order, before it
        /// is cut off; none for the backend's own.
        stop_within: Option<Duration>,
    },
    /// To carry other metadata: these keys set, those removed, the rest left alone.
    Label {
        /// Keys to set.
        set: JsonMap,
        /// Keys to remove.
        remove: Vec<String>,
    },
}

/// How a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Accepted or still going on: ask again later.
    Underway,
    /// It has been done.
    Done,
    /// The backend does not know the instance.
    Gone,
}

impl Alteration {
    /// What it is called in messages: the operation's name, `update` or `label`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Operate { operation, .. } => operation,
            Self::Update { .. } => "update",
            Self::Label { .. } => "label",
        }
    }
}
