//! The protection of a webhook as requests ask for it, and the secret that is told once.

use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::receiver::protection::Wanted;
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_domain::secret::Secret;
use coppice_engine::Env;
use serde_json::Value;

/// A new secret: 244 random bits, as 64 digits.
pub(crate) fn secret(env: &Env) -> Secret {
    Secret::new(format!("{}{}", env.ids.uuid().simple(), env.ids.uuid().simple()))
}

/// The receiver with the protection that is asked for.
pub(crate) fn protect(
    receiver: &mut Receiver,
    given: &JsonMap,
    new: impl FnOnce() -> Secret,
) -> Result<(), Fault> {
    let wanted = Wanted::parse(given).map_err(Fault::bad_request)?;
    if receiver.kind != ReceiverType::Webhook {
        return Err(Fault::bad_request("Only a receiver of type 'webhook' has a protection."));
    }
    receiver.protection = wanted.protection(receiver.protection.as_ref(), new);
    Ok(())
}

/// Tells the receiver's secret beside what is shown of it, if it is not the one it was `before`.
pub(crate) fn tell(shown: &mut Value, receiver: &Receiver, before: Option<&Receiver>) {
    let secret = |receiver: &Receiver| receiver.signing().map(|signing| signing.secret().clone());
    let new = secret(receiver).filter(|new| before.and_then(secret).as_ref() != Some(new));
    if let Some(new) = new {
        shown["protection"]["secret"] = new.reveal().into();
    }
}
