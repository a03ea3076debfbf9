//! Schedules: makes the runs that are due, each one action however often and by however many it is made
//! (invariant 3).
//!
//! An action's id derives from its run, and the schedule moves on only afterwards. Whoever dies in between, or
//! is overtaken, leaves a run whose action is there already.

use super::all_turns;
use crate::accept::Refusal;
use crate::env::Env;
use crate::receivers::{Called, passed, start};
use coppice_domain::ids::{EventId, ReceiverId};
use coppice_domain::receiver::Receiver;
use coppice_domain::receiver::schedule::scheduled;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;

pub(super) async fn run(
    env: &Env,
    due: Vec<ReceiverId>,
    now: Timestamp,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let turns = due.into_iter().map(|id| async move { (id, take(env, id, now).await.map(usize::from)) });
    all_turns(
        env,
        until,
        turns,
        |id, error| tracing::warn!(receiver.id = %id, error = %error, "a scheduled run is put off"),
    )
    .await
}

/// Makes one run; whether its action was started.
async fn take(env: &Env, id: ReceiverId, now: Timestamp) -> Result<bool, StoreError> {
    let Some(receiver) = env.store.get::<Receiver>(id).await? else { return Ok(false) };
    let (Some(schedule), Some(run)) = (&receiver.schedule, receiver.next_run) else { return Ok(false) };
    // The index may lag behind: is it due in truth?
    if run > now {
        return Ok(false);
    }
    let turn = schedule.turn(run, now);
    let action = scheduled(id, run);
    let reason = if turn.acts {
        let called =
            Called { action: Some(action), by: "schedule", inputs: receiver.inputs(Default::default()) };
        match start(env, &receiver, called).await {
            Ok(_) => {
                tracing::info!(receiver.id = %id, action.id = %action, "scheduled run accepted");
                env.store.schedule_advance(id, run, turn.next).await?;
                return Ok(true);
            }
            Err(Refusal::Fault(fault)) => format!("The run of {} was refused: {fault}", run.iso_z()),
            Err(Refusal::Store(error)) => return Err(error),
        }
    } else {
        format!("The run of {} was missed, and is left out.", run.iso_z())
    };
    tracing::warn!(receiver.id = %id, reason, "scheduled run passed");
    let event = passed(&receiver, EventId::derived(action, "passed", 0), now, reason);
    env.store.schedule_pass(id, (run, turn.next), action, &event).await?;
    Ok(false)
}
