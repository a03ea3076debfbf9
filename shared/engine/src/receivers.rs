//! What a receiver does when it is called, whoever calls it: a webhook's caller, the time of a schedule, an
//! event (spec engine-receivers-health-events §1).

use crate::accept::{self, Asked, Refusal, Requester};
use crate::env::Env;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::fault::Fault;
use coppice_domain::ids::{ActionId, EventId};
use coppice_domain::receiver::Receiver;
use coppice_domain::time::Timestamp;

/// A call of a receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Called {
    /// The action's id, where the call may come twice; none for a new one.
    pub action: Option<ActionId>,
    /// What it is called by, which the action's name begins with.
    pub by: &'static str,
    /// What the action is told.
    pub inputs: JsonMap,
}

/// Starts the receiver's action on its cluster, for the cluster's owner, who made the receiver, or for whom an
/// administrator made it.
///
/// # Errors
/// `BadRequest` when the receiver has no cluster, or not any more; as for any action on a cluster.
pub async fn start(env: &Env, receiver: &Receiver, called: Called) -> Result<ActionId, Refusal> {
    // A message receiver has neither: its messages name theirs.
    let (Some(id), Some(kind)) = (receiver.cluster_id, receiver.action) else {
        return Err(no_cluster("None").into());
    };
    let Some(cluster) = env.store.get::<Cluster>(id).await? else {
        return Err(no_cluster(&id.to_string()).into());
    };
    let name = format!("{}_{}", called.by, receiver.id.short());
    let asked = Asked { id: called.action, ..Asked::new(kind, called.inputs).named(name) };
    let requester = Requester { user: &cluster.user, project: &cluster.project };
    accept::cluster_action(env, &cluster, asked, requester).await
}

/// The cluster that a receiver refers to is not there.
#[must_use]
pub fn no_cluster(reference: &str) -> Fault {
    Fault::bad_request(format!("The referenced cluster '{reference}' could not be found."))
}

/// The event that a receiver did not do what it is there for, and why. It is about the receiver, and its
/// cluster's list has it.
#[must_use]
pub fn passed(receiver: &Receiver, id: EventId, now: Timestamp, reason: String) -> Event {
    Event {
        id,
        timestamp: now,
        oid: receiver.id.uuid(),
        oname: receiver.name.clone(),
        otype: "RECEIVER".to_owned(),
        cluster_id: receiver.cluster_id,
        level: Level::Warn,
        user: receiver.user.clone(),
        project: receiver.project.clone(),
        action: receiver.action.map(|action| action.name().to_owned()).unwrap_or_default(),
        status: Phase::Error,
        status_reason: reason,
        meta_data: JsonMap::new(),
    }
}
