//! What a receiver does when it is called, whoever calls it: a webhook's caller, the time of a schedule, an
//! event (spec engine-receivers-health-events §1).

use crate::accept::{self, Asked, Refusal, Requester};
use crate::env::Env;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::{ActionId, EventId};
use coppice_domain::receiver::Receiver;
use coppice_domain::receiver::protection::Rate;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;

/// How often a call is taken out of a bucket that others take calls out of.
const TRIES: usize = 16;

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

/// Takes a call out of the receiver's bucket, if its calls are limited.
///
/// # Errors
/// `TooManyRequests` when the bucket is empty; there is an event then, one in each of the rate's windows.
pub async fn admit(env: &Env, receiver: &Receiver) -> Result<(), Refusal> {
    let Some(rate) = receiver.protection.as_ref().and_then(|protection| protection.rate) else {
        return Ok(());
    };
    let mut calls = env.store.calls(receiver.id).await?;
    for _ in 0..TRIES {
        let now = env.now();
        let next = match rate.admit(calls.full_at, now) {
            Ok(next) => next,
            Err(wait) => {
                let Rate { calls: most, seconds } = rate;
                // Whoever knows the URL reads it: the name is the owner's affair.
                let text = format!(
                    "This receiver takes {most} calls in {seconds} seconds. Call again in {} seconds.",
                    wait.as_millis().div_ceil(1000)
                );
                let window = rate.window_of(now);
                if calls.told.is_none_or(|told| told < window) {
                    let id = EventId::derived(
                        ActionId::new(receiver.id.uuid()),
                        "limited",
                        window.cast_unsigned(),
                    );
                    let event = passed(receiver, id, now, format!("A call was refused: {text}"));
                    env.store.calls_told(receiver.id, window, &event).await?;
                }
                return Err(Fault::new(FaultKind::TooManyRequests, text).into());
            }
        };
        match env.store.calls_take(receiver.id, calls.full_at, next).await? {
            None => return Ok(()),
            Some(found) => calls = found,
        }
    }
    Err(StoreError::Conflict(format!("the calls of receiver {} come all at once", receiver.id)).into())
}

/// Records that a call was refused which nobody reads the answer of. A source that runs away is told of once a minute,
/// and for each reason.
///
/// # Errors
/// When the store fails.
pub async fn tell(env: &Env, receiver: &Receiver, fault: &Fault, reason: String) -> Result<(), StoreError> {
    let now = env.now();
    let minute = now.seconds().div_euclid(60).cast_unsigned();
    let id = EventId::derived(ActionId::new(receiver.id.uuid()), fault.kind.name(), minute);
    env.store.event_record(&passed(receiver, id, now, reason)).await
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
