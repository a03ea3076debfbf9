//! What can be done to one node: a file a job. A job is repeated until it is settled; each time it looks
//! what the backend has, asks for what is missing, and says how far things are. Nothing here writes to the
//! table: derived and requested actions do that, each in its way.

mod broken;
mod check;
mod create;
mod join;
mod label;
mod leave;
mod operate;
mod recover;
mod remove;
mod update;

pub(crate) use create::{VANISHED_AFTER, bare, request, token};

use crate::env::Env;
use coppice_compute::{Alteration, Change, ComputeError, Consequence, Progress, Token};
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::JsonMap;
use coppice_domain::cluster_config::STOP_TIMEOUT;
use coppice_domain::ids::{ActionId, ClusterId, NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_store::Settlement;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// What is to be done to a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Job {
    /// Make its instance.
    Create,
    /// Delete its instance, and then the node.
    Remove,
    /// See how its instance is.
    Check,
    /// Bring its instance back to life.
    Recover(Recovery),
    /// Run an operation on its instance.
    Operate {
        /// The operation.
        operation: String,
        /// Its parameters.
        params: JsonMap,
    },
    /// Change its properties, and its instance to fit another profile.
    Update(Update),
    /// Make it a member of a cluster.
    Join {
        /// The cluster.
        cluster: ClusterId,
        /// Its index there; in a plan, that of the first node: those after it count on.
        index: i64,
    },
    /// Make it no member of any cluster.
    Leave,
}

/// How a node is recovered (spec engine-nodes §2, §5.6).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recovery {
    /// `REBOOT`, `REBUILD` or `RECREATE`, in any case; none for `RECREATE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    /// The operation's parameters.
    #[serde(default, skip_serializing_if = "JsonMap::is_empty")]
    pub(crate) params: JsonMap,
    /// Whether a node whose instance is active after all is left alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) check: bool,
}

/// What changes about a node (spec engine-nodes §2). What is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Update {
    /// The profile it is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<ProfileId>,
    /// Its name, role, metadata and taint, as the request gave them.
    #[serde(default, skip_serializing_if = "JsonMap::is_empty")]
    pub(crate) properties: JsonMap,
    /// How many seconds its instance may take to shut down where it must; none for as long as the backend's
    /// own way takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop_within: Option<u64>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// It is over.
    Settle(Box<Settlement>),
    /// The node's instance, and the node, are gone.
    Removed,
    /// An instance was accepted: it is to be noted before anything else.
    Launched(String),
    /// The instance does not run: that is to be noted before anything is done to it.
    Condemned,
    /// It waits for the backend.
    Waits,
    /// It waits, and the backend may have asked to be left alone for so long.
    PutOff(Option<Duration>),
}

/// What a job works with.
#[derive(Clone, Copy)]
pub(crate) struct Hand<'a> {
    /// Backend, time, settings.
    pub(crate) env: &'a Env,
    /// The requested action: tokens and tags are derived from it.
    pub(crate) action: &'a Action,
    /// The action that holds the node: the requested one, or the one derived for the node.
    pub(crate) holder: ActionId,
    /// The profile the node is, or shall be, made from, where the job needs one; none if it is gone.
    pub(crate) profile: Option<&'a Profile>,
}

impl Job {
    /// The kind of action that does this to a node.
    pub(crate) const fn kind(&self) -> ActionKind {
        match self {
            Self::Create => ActionKind::NodeCreate,
            Self::Remove => ActionKind::NodeDelete,
            Self::Check => ActionKind::NodeCheck,
            Self::Recover(_) => ActionKind::NodeRecover,
            Self::Operate { .. } => ActionKind::NodeOperation,
            Self::Update(_) => ActionKind::NodeUpdate,
            Self::Join { .. } => ActionKind::NodeJoin,
            Self::Leave => ActionKind::NodeLeave,
        }
    }

    /// The job that an action of this kind was derived for, without what else it was told: enough to give it
    /// up.
    pub(crate) fn derived_as(kind: ActionKind, cluster: ClusterId, index: i64) -> Option<Self> {
        Some(match kind {
            ActionKind::NodeCreate => Self::Create,
            ActionKind::NodeDelete => Self::Remove,
            ActionKind::NodeCheck => Self::Check,
            ActionKind::NodeRecover => Self::Recover(Recovery::default()),
            ActionKind::NodeOperation => Self::Operate { operation: String::new(), params: JsonMap::new() },
            ActionKind::NodeUpdate => Self::Update(Update::default()),
            ActionKind::NodeJoin => Self::Join { cluster, index },
            ActionKind::NodeLeave => Self::Leave,
            _ => return None,
        })
    }

    /// The inputs of a derived action that does this.
    pub(crate) fn inputs(&self) -> JsonMap {
        let inputs = match self {
            Self::Create | Self::Remove | Self::Check | Self::Leave => json!({}),
            Self::Recover(recovery) => {
                let params = (!recovery.params.is_empty()).then_some(&recovery.params);
                json!({ "operation": recovery.operation, "operation_params": params })
            }
            Self::Operate { operation, params } => json!({ "operation": operation, "params": params }),
            Self::Update(update) => {
                let mut inputs = update.properties.clone();
                if let Some(profile) = update.profile {
                    inputs.insert("new_profile_id".to_owned(), json!(profile));
                }
                if let Some(seconds) = update.stop_within {
                    inputs.insert(STOP_TIMEOUT.to_owned(), json!(seconds));
                }
                Value::Object(inputs)
            }
            Self::Join { cluster, .. } => json!({ "cluster_id": cluster }),
        };
        match inputs {
            Value::Object(inputs) => inputs,
            _ => JsonMap::new(),
        }
    }

    /// The status a node has meanwhile, and why; none where it keeps the one it has.
    pub(crate) fn status(&self) -> Option<(NodeStatus, String)> {
        Some(match self {
            Self::Create => (NodeStatus::Creating, "Creation in progress".to_owned()),
            Self::Remove => (NodeStatus::Deleting, "Deletion in progress".to_owned()),
            Self::Recover(_) => (NodeStatus::Recovering, "Recovery in progress".to_owned()),
            Self::Update(_) => (NodeStatus::Updating, "Update in progress".to_owned()),
            Self::Operate { operation, .. } => {
                (NodeStatus::Operating, format!("Operation '{operation}' in progress"))
            }
            Self::Check | Self::Join { .. } | Self::Leave => return None,
        })
    }

    /// Whether something was, or is about to be, done to the node by an action with this job that holds it. What
    /// gives a node no status of its own asks nothing of the backend but how things are.
    pub(crate) fn has_begun(&self, node: &Node) -> bool {
        self.status().is_none_or(|(status, _)| node.status == status)
    }

    /// What became of an action that ended well, for its event.
    pub(crate) fn success(&self) -> String {
        match self {
            Self::Create => "Node created successfully.".to_owned(),
            Self::Remove => "Node deleted successfully.".to_owned(),
            Self::Check => "Node check succeeded.".to_owned(),
            Self::Recover(_) => "Node recovered successfully.".to_owned(),
            Self::Operate { operation, .. } => format!("Node operation '{operation}' succeeded."),
            Self::Update(_) => "Node updated successfully.".to_owned(),
            Self::Join { .. } => "Node successfully joined cluster.".to_owned(),
            Self::Leave => "Node successfully left cluster.".to_owned(),
        }
    }

    /// What is said of an action that failed without a text of its own.
    pub(crate) fn failure(&self) -> String {
        match self {
            Self::Create => "Node creation failed.".to_owned(),
            Self::Remove => "Node deletion failed.".to_owned(),
            Self::Check => "Node check failed.".to_owned(),
            Self::Recover(_) => "Node recover failed.".to_owned(),
            Self::Operate { operation, .. } => format!("Node operation '{operation}' failed."),
            Self::Update(_) => "Node update failed.".to_owned(),
            Self::Join { .. } => "Node failed in joining cluster.".to_owned(),
            Self::Leave => "Node failed in leaving cluster.".to_owned(),
        }
    }

    /// How a node is settled whose job was given up for this reason before it was this node's turn: it is as it
    /// was, unless its turn has come since it was read. One that was to be made is in error for it, and so is one
    /// that another action had begun something with, which nobody will finish. `resumes`: whether one that is
    /// recorded and not made is made by its own action later.
    pub(crate) fn given_up_on(&self, node: Option<&Node>, resumes: bool, reason: &str) -> Settlement {
        let left_behind = |node: &Node| match node.status {
            NodeStatus::Init => !resumes,
            status => status.is_transitional(),
        };
        match (self.status(), node) {
            (Some((status, _)), Some(node)) if *self != Self::Create && !left_behind(node) => {
                Settlement::untouched(reason).unless_begun(status)
            }
            _ => self.given_up(reason),
        }
    }

    /// How a node is settled whose job has run out of time, or was given up, for this reason.
    pub(crate) fn given_up(&self, reason: &str) -> Settlement {
        match self {
            Self::Check | Self::Join { .. } | Self::Leave => Settlement::untouched(reason),
            _ => Settlement::failed(reason),
        }
    }

    /// Whether it needs the profile the node is, or shall be, made from.
    pub(crate) const fn needs_profile(&self) -> bool {
        matches!(self, Self::Create | Self::Recover(_) | Self::Update(_))
    }
}

impl Hand<'_> {
    /// Takes the job as far as it goes now.
    pub(crate) async fn work(&self, job: &Job, node: &Node) -> Step {
        match job {
            Job::Create => self.create(node).await,
            Job::Remove => self.remove(node).await,
            Job::Check => self.check(node).await,
            Job::Recover(recovery) => self.recover(node, recovery).await,
            Job::Operate { operation, params } => self.operate(node, operation, params).await,
            Job::Update(update) => self.update(node, update).await,
            Job::Join { cluster, index } => self.join(node, *cluster, *index).await,
            Job::Leave => self.leave(node).await,
        }
    }

    /// Asks for a change of an instance.
    async fn change(
        &self,
        step: &str,
        node: NodeId,
        instance: &str,
        what: Alteration,
    ) -> Result<Progress, ComputeError> {
        let token = Token::derived_for(self.action.id, step, node);
        self.env.compute.change(instance, &Change { token, what }).await
    }
}

impl Step {
    fn settle(settlement: Settlement) -> Self {
        Self::Settle(Box::new(settlement))
    }

    /// What a failed call means: later again, or the end that `failed` makes of its text.
    fn after(error: &ComputeError, failed: impl FnOnce(String) -> Settlement) -> Self {
        match error.consequence() {
            Consequence::Fail | Consequence::TryElsewhere => Self::settle(failed(bare(error))),
            Consequence::RetryLater { after } => Self::PutOff(after),
            Consequence::LookUpThenRetry => Self::PutOff(None),
        }
    }
}
