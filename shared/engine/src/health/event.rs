//! Events of instances, for clusters whose policy listens instead of looking (spec
//! engine-receivers-health-events §2.4). In the reference what they start is always refused (RHE-7).

use super::{look_after, what_it_says};
use crate::env::Env;
use coppice_compute::ComputeError;
use coppice_domain::health::{Mode, Round, Watch};
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::Node;
use coppice_domain::policies::health::is_health;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;

/// How often a note is tried against others'.
const TRIES: usize = 5;

/// What happened to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceEventKind {
    /// It was paused.
    Pause,
    /// It was switched off.
    PowerOff,
    /// Rebuilding it failed.
    Rebuild,
    /// It shut down.
    Shutdown,
    /// It was deleted, if not for good.
    SoftDelete,
}

impl InstanceEventKind {
    /// The kind of this name, such as `POWER_OFF`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "PAUSE" => Self::Pause,
            "POWER_OFF" => Self::PowerOff,
            "REBUILD" => Self::Rebuild,
            "SHUTDOWN" => Self::Shutdown,
            "SOFT_DELETE" => Self::SoftDelete,
            _ => return None,
        })
    }

    /// What it says of the node.
    const fn reason(self) -> &'static str {
        match self {
            Self::Pause => "The node's instance was paused.",
            Self::PowerOff => "The node's instance was switched off.",
            Self::Rebuild => "The node's instance failed to be rebuilt.",
            Self::Shutdown => "The node's instance shut down.",
            Self::SoftDelete => "The node's instance was deleted.",
        }
    }
}

/// An event of an instance. It may come twice, late, and out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceEvent {
    /// What happened.
    pub kind: InstanceEventKind,
    /// The instance, by the backend's id.
    pub instance: String,
    /// The node that the instance's tags name; none where the event does not carry them.
    pub node: Option<NodeId>,
    /// When it happened, which tells it from others of this instance.
    pub at: Timestamp,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was noted; so many recoveries have begun, its own perhaps among them. One that cannot begin now is tried
    /// again by the reconciler.
    Noted(usize),
    /// It means nothing here, and why.
    Ignored(&'static str),
}

/// Why an event was not heard. It may come again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHeard {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backend does not say whose the instance is.
    #[error("instance '{0}' could not be looked up: {1}")]
    Backend(String, ComputeError),
    /// Many events of one cluster come at once.
    #[error("too many events of cluster {0} come at once")]
    Busy(ClusterId),
}

/// Hears of an event: where the node's cluster has a policy that listens, the node is recovered. The same event
/// starts it once, however often it comes.
///
/// # Errors
/// When it could not be heard: let it come again.
pub async fn event(env: &Env, event: &InstanceEvent) -> Result<Heard, NotHeard> {
    let Some(id) = node_of(env, event).await? else {
        return Ok(Heard::Ignored("The instance is no node's."));
    };
    let Some(node) = env.store.get::<Node>(id).await? else {
        return Ok(Heard::Ignored("The instance's node is gone."));
    };
    if node.physical_id.as_deref() != Some(event.instance.as_str()) {
        return Ok(Heard::Ignored("The instance is not its node's any more."));
    }
    let Some(cluster) = node.cluster_id else { return Ok(Heard::Ignored("The node is in no cluster.")) };
    let bindings = env.store.bindings(cluster).await?;
    let Some(binding) = bindings.iter().find(|binding| binding.enabled && is_health(binding)) else {
        return Ok(Heard::Ignored("No policy looks after the node's cluster."));
    };
    if what_it_says(env, binding.policy_id).await?.0.modes != [Mode::Events] {
        return Ok(Heard::Ignored("The cluster's policy looks at nodes by itself."));
    }
    for _ in 0..TRIES {
        let Some(was) = env.store.watched(cluster, binding.policy_id).await? else {
            return Ok(Heard::Ignored("No policy looks after the node's cluster."));
        };
        let watch = noted(&was.watch, &node, event, env.now());
        if env.store.watch_save(&was, &watch, None).await?.is_some() {
            let until = env.now().plus(env.settings.turn);
            return Ok(Heard::Noted(look_after(env, cluster, binding.policy_id, until).await?));
        }
    }
    Err(NotHeard::Busy(cluster))
}

/// The watch with the node on the list, to be decided about now.
fn noted(watch: &Watch, node: &Node, event: &InstanceEvent, now: Timestamp) -> Watch {
    let mut round = watch.round.clone().unwrap_or_else(|| Round::new(event.at));
    // A recovery is known by its node and its round: what happens later is another.
    round.at = round.at.max(event.at);
    round.complete = true;
    round.decided = None;
    round.found_sick(node.id, event.kind.reason());
    Watch { due: Some(now), round: Some(round), ..watch.clone() }
}

async fn node_of(env: &Env, event: &InstanceEvent) -> Result<Option<NodeId>, NotHeard> {
    if event.node.is_some() {
        return Ok(event.node);
    }
    match env.compute.get(&event.instance).await {
        Ok(instance) => Ok(instance.and_then(|instance| instance.node())),
        Err(error) => Err(NotHeard::Backend(event.instance.clone(), error)),
    }
}
