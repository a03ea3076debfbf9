//! From something that happened to the action of the receiver that it calls, by the same gate as a webhook's call.

use crate::occurrence::Call;
use coppice_api::limits::storable;
use coppice_api::rbac::authorise;
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::ActionId;
use coppice_domain::receiver::{Receiver, ReceiverType, occurred};
use coppice_engine::Env;
use coppice_engine::accept::Refusal;
use coppice_engine::receivers::{Called, admit, start as begin, tell};
use coppice_support::owner;

/// The rule for the calls of a webhook.
const RULE: &str = "webhooks:trigger";

/// Starts the action of the receiver that event `id` calls. A refusal is an event as well, since nobody is there to
/// read an answer.
pub(crate) async fn start(env: &Env, id: &str, call: Call) -> Result<ActionId, Refusal> {
    let Call { receiver, inputs } = call;
    let receiver = env.store.get::<Receiver>(receiver).await?;
    // Others are called otherwise.
    let receiver = receiver.filter(|receiver| receiver.kind == ReceiverType::Webhook);
    let receiver = receiver.ok_or_else(|| Fault::bad_request("There is no such webhook."))?;
    let action = occurred(receiver.id, id);
    let inputs = receiver.inputs(inputs);
    let called = Called { action: Some(action), by: "event", inputs };
    match enter(env, &receiver, called).await {
        // Of this there is one already.
        Err(Refusal::Fault(fault)) if fault.kind != FaultKind::TooManyRequests => {
            let reason = format!("The call of event {id} was refused: {fault}");
            tell(env, &receiver, &fault, reason).await?;
            Err(fault.into())
        }
        other => other,
    }
}

/// Through the gate.
async fn enter(env: &Env, receiver: &Receiver, called: Called) -> Result<ActionId, Refusal> {
    authorise(&owner(receiver), RULE)?;
    storable("inputs", &called.inputs)?;
    admit(env, receiver).await?;
    begin(env, receiver, called).await
}
