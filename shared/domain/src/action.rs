//! The action record (spec engine-actions §1–§4).

use crate::cluster::JsonMap;
use crate::ids::{ActionId, ClusterId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an action stands (spec engine-actions §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum ActionStatus {
    Init,
    Waiting,
    Ready,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    WaitingLifecycleCompletion,
    Suspended,
}

impl ActionStatus {
    /// Every status, in the order of the reference.
    pub const ALL: [Self; 9] = [
        Self::Init,
        Self::Waiting,
        Self::Ready,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::WaitingLifecycleCompletion,
        Self::Suspended,
    ];

    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::Waiting => "WAITING",
            Self::Ready => "READY",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::WaitingLifecycleCompletion => "WAITING_LIFECYCLE_COMPLETION",
            Self::Suspended => "SUSPENDED",
        }
    }

    /// Whether the action has ended: it never changes again (invariant 5).
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

macro_rules! action_kinds {
    ($($variant:ident => $name:literal),+ $(,)?) => {
        /// What an action does; the part before the first underscore names its kind of target.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "the names are the field's own")]
        pub enum ActionKind {
            $(#[serde(rename = $name)] $variant,)+
        }

        impl ActionKind {
            /// Every kind: cluster actions first, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The wire name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

action_kinds! {
    ClusterCreate => "CLUSTER_CREATE",
    ClusterDelete => "CLUSTER_DELETE",
    ClusterUpdate => "CLUSTER_UPDATE",
    ClusterResize => "CLUSTER_RESIZE",
    ClusterScaleOut => "CLUSTER_SCALE_OUT",
    ClusterScaleIn => "CLUSTER_SCALE_IN",
    NodeCreate => "NODE_CREATE",
    NodeDelete => "NODE_DELETE",
    NodeUpdate => "NODE_UPDATE",
}

/// Why an action exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A client asked for it.
    #[serde(rename = "RPC Request")]
    Request,
    /// Another action made it.
    #[serde(rename = "Derived Action")]
    Derived,
}

impl Cause {
    /// The wire name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "RPC Request",
            Self::Derived => "Derived Action",
        }
    }
}

/// An action as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// Its name, such as `cluster_resize_1dd88e85`.
    pub name: String,
    /// What it does.
    pub kind: ActionKind,
    /// The cluster or node it works on.
    pub target: Uuid,
    /// The cluster concerned; none for an orphan node.
    pub cluster_id: Option<ClusterId>,
    /// Why it exists.
    pub cause: Cause,
    /// The action that made it, if any.
    pub parent: Option<ActionId>,
    /// The user it acts for.
    pub user: String,
    /// The project it belongs to.
    pub project: String,
    /// Seconds it may take from `start_time`.
    pub timeout: i64,
    /// Where it stands.
    pub status: ActionStatus,
    /// Why.
    pub status_reason: String,
    /// What the request asked for.
    pub inputs: JsonMap,
    /// What it produced.
    pub outputs: JsonMap,
    /// What policies decided.
    pub data: JsonMap,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When the record was rewritten; normally none.
    pub updated_at: Option<Timestamp>,
    /// When it first ran.
    pub start_time: Option<Timestamp>,
    /// When it ended.
    pub end_time: Option<Timestamp>,
}

impl Action {
    /// The conventional name: the verb of `kind` and the first eight characters of the target's id.
    #[must_use]
    pub fn conventional_name(kind: ActionKind, target: Uuid) -> String {
        let mut short = target.to_string();
        short.truncate(8);
        format!("{}_{short}", kind.name().to_ascii_lowercase())
    }
}
