//! What is on a receiver's queue becomes actions (spec engine-receivers-health-events §1.2).
//!
//! A message goes when its action is recorded, not before. Should it come again, since a queue delivers at
//! least once and this process may die in between, it makes the same action, which is recorded already
//! (invariant 3). One that can make none goes as well, with an event that says why; those behind it are
//! none the worse for it.

use coppice_api::error::Failure;
use coppice_api::identity::Caller;
use coppice_api::limits::storable;
use coppice_domain::cluster::Cluster;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ActionId;
use coppice_domain::receiver::{Order, Receiver, ordered};
use coppice_engine::accept::{self, Asked, Requester};
use coppice_engine::{Env, Letter, receivers};
use coppice_support::{find, owner, refused, store_failed};

/// Characters of a refusal that its event has.
const MOST_TOLD: usize = 1000;

/// Receives up to ten messages and starts what they ask for.
///
/// # Errors
/// When the queue or the store fails. What was not done then is on the queue still: ask again.
pub async fn collect(env: &Env, receiver: &Receiver) -> Result<(), Failure> {
    let owner = owner(receiver);
    let queue = Receiver::queue_name(receiver.id);
    let mut broken = None;
    for letter in env.mailboxes.receive(&queue).await.map_err(Failure::unavailable)? {
        match start(env, receiver, &owner, &letter).await {
            Ok(action) => {
                tracing::info!(message.id = letter.id, action.id = %action, "message accepted");
            }
            Err(failure) if failure.fault().kind.status() < 500 => {
                let fault = failure.fault();
                let reason = &fault.message;
                tracing::warn!(receiver.id = %receiver.id, message.id = letter.id, reason, "message dropped");
                // What is refused is quoted, and may be long.
                let reason: String = reason.chars().take(MOST_TOLD).collect();
                let told = format!("The message {} was dropped: {reason}", letter.id);
                receivers::tell(env, receiver, fault, told).await.map_err(store_failed)?;
            }
            Err(failure) if failure.fault().kind == FaultKind::ServiceUnavailable => return Err(failure),
            // What this one needs cannot be read: the others may be luckier.
            Err(failure) => {
                broken = Some(failure);
                continue;
            }
        }
        if let Err(error) = env.mailboxes.remove(&letter).await {
            tracing::warn!(message.id = letter.id, error = %error, "message not removed; it comes again");
        }
    }
    broken.map_or(Ok(()), Err)
}

/// Records the action that a message asks for.
async fn start(env: &Env, receiver: &Receiver, owner: &Caller, letter: &Letter) -> Result<ActionId, Failure> {
    let order = Order::parse(&letter.body).map_err(Fault::bad_request)?;
    storable("params", &order.params)?;
    let cluster = find::<Cluster>(&env.store, owner, &order.cluster).await?;
    if !owner.is_admin() && receiver.user != cluster.user {
        return Err(Fault::forbidden().into());
    }
    let message: String = letter.id.chars().take(8).collect();
    let asked = Asked::new(order.action, order.params)
        .identified(ordered(receiver.id, &letter.id))
        .named(format!("receiver_{}_{message}", receiver.id.short()));
    let requester = Requester { user: &receiver.user, project: &receiver.project };
    accept::cluster_action(env, &cluster, asked, requester).await.map_err(refused)
}
