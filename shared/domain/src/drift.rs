//! Drift: a node whose instance is gone, broken, or not what its profile says. What is said of it, once, and
//! what is done about it where a cluster asks for that.

use crate::cluster::{Cluster, ClusterStatus, JsonMap, Member};
use crate::evaluate::judged;
use crate::ids::{ActionId, derive};
use crate::node::{Node, NodeStatus};
use crate::time::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// The key of a cluster's configuration that says what becomes of drift.
pub const CONFIG: &str = "node.drift";
/// Its value for which members are recovered; for any other, drift is reported.
pub const REPAIR: &str = "repair";

/// What events of drift call their action: one that clients know to ask for. Nobody requested it.
pub const SUBJECT: &str = "NODE_CHECK";

/// What is wrong with a node's instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The backend does not know it any more.
    Gone,
    /// It failed after it had been made.
    Broken {
        /// What the backend says; may be empty.
        message: String,
    },
    /// These properties are not what the profile says.
    Differs {
        /// Their names.
        properties: Vec<String>,
    },
}

/// What is to be said of a node that has not been said yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its status from now on.
    pub status: NodeStatus,
    /// Why.
    pub reason: String,
}

impl Finding {
    /// Why a node with this instance is not as it should be.
    #[must_use]
    pub fn reason(&self, instance: &str) -> String {
        let text = match self {
            Self::Gone => GONE.to_owned(),
            Self::Broken { message } if message.trim().is_empty() => format!("{BROKEN}."),
            Self::Broken { message } => format!("{BROKEN}: {}.", message.trim().trim_end_matches('.')),
            Self::Differs { properties } => format!("{DIFFERS}: {}.", properties.join(", ")),
        };
        format!("The instance '{instance}' {text}")
    }

    /// The status of a node about which this was found.
    #[must_use]
    pub const fn status(&self) -> NodeStatus {
        match self {
            Self::Gone | Self::Broken { .. } => NodeStatus::Error,
            Self::Differs { .. } => NodeStatus::Warning,
        }
    }

    /// The id of the action that repairs this, the same whoever starts it: it is started once. An instance
    /// that has replaced this one drifts anew.
    #[must_use]
    pub fn repair(&self, node: &Node, instance: &str) -> ActionId {
        let what = match self {
            Self::Gone => "drift: gone".to_owned(),
            Self::Broken { .. } => "drift: broken".to_owned(),
            Self::Differs { properties } => format!("drift: {}", properties.join(",")),
        };
        ActionId::new(derive(node.id.uuid(), &what, instance.as_bytes()))
    }
}

const GONE: &str = "is gone.";
const BROKEN: &str = "is in error";
const DIFFERS: &str = "does not match its profile any more";

/// Whether a node can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgeable {
    /// It can.
    Now,
    /// An action holds it, or it was settled just now: what it claims may not show yet.
    Later,
    /// It has no instance, or was never made: that is no surprise.
    Never,
}

/// Whether a node can be judged at `now`, when what it claims must have had `grace` to show.
#[must_use]
pub fn judgeable(node: &Node, now: Timestamp, grace: Duration) -> Judgeable {
    let since = node.init_at.max(node.created_at.unwrap_or(node.init_at));
    let since = since.max(node.updated_at.unwrap_or(since));
    if node.created_at.is_none() || node.physical_id.is_none() {
        Judgeable::Never
    } else if node.active_action.is_some() {
        Judgeable::Later
    } else if node.status.is_transitional() {
        Judgeable::Never
    } else if now.since(since) < grace {
        Judgeable::Later
    } else {
        Judgeable::Now
    }
}

/// What is to be said of a node after what was found about its instance, or that nothing was; none when that
/// has been said, or when the node is in error for a reason of its own.
#[must_use]
pub fn tell(node: &Node, finding: Option<&Finding>) -> Option<Told> {
    let instance = node.physical_id.as_deref()?;
    match finding {
        Some(finding) => {
            let told = Told { status: finding.status(), reason: finding.reason(instance) };
            let said = node.status == told.status && node.status_reason == told.reason;
            let own = node.status == NodeStatus::Error && !was_told(node);
            (!said && !own).then_some(told)
        }
        None => was_told(node).then(|| Told {
            status: NodeStatus::Active,
            reason: format!("The instance '{instance}' is as it should be again."),
        }),
    }
}

/// Whether a node's status is what [`tell`] said of its instance.
#[must_use]
pub fn was_told(node: &Node) -> bool {
    let about = |instance: &String| node.status_reason.strip_prefix(&format!("The instance '{instance}' "));
    let text = node.physical_id.as_ref().and_then(about);
    text.is_some_and(|text| [GONE, BROKEN, DIFFERS].iter().any(|known| text.starts_with(known)))
}

/// Whether a cluster asks for its members to be repaired.
#[must_use]
pub fn repairs(config: &JsonMap) -> bool {
    config.get(CONFIG).and_then(Value::as_str).is_some_and(|value| value.eq_ignore_ascii_case(REPAIR))
}

/// The cluster after something was said of some of its members, which have their new statuses already:
/// judged anew, and naming the node that is least well.
#[must_use]
pub fn after(cluster: &Cluster, members: &[Member], told: &[(&Node, &Told)]) -> Cluster {
    let (status, status_reason) = judged(SUBJECT, members, cluster);
    let unwell = told.iter().filter(|(_, told)| told.status != NodeStatus::Active);
    let Some((node, worst)) = unwell.min_by_key(|(_, told)| told.status != NodeStatus::Error) else {
        return Cluster { status, status_reason, ..cluster.clone() };
    };
    let status = if status == ClusterStatus::Active { ClusterStatus::Warning } else { status };
    let others = told.iter().filter(|(_, told)| told.status != NodeStatus::Active).count() - 1;
    let beside =
        if others == 0 { String::new() } else { format!(" Of its other nodes {others} have drifted too.") };
    Cluster {
        status,
        status_reason: format!("Node {}: {}{beside}", node.name, worst.reason),
        ..cluster.clone()
    }
}

/// A number that stands for a list of instances: the same for the same instances in the same condition, in
/// whatever order.
#[must_use]
pub fn digest<'a>(instances: impl Iterator<Item = (&'a str, bool)>) -> u64 {
    instances
        .map(|(id, sound)| {
            let label = if sound { "sound" } else { "unsound" };
            let (high, low) = derive(uuid::Uuid::nil(), label, id.as_bytes()).as_u64_pair();
            high ^ low
        })
        .fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests;
