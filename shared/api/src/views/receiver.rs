//! A receiver (spec api-resources A6).

use super::instant;
use coppice_domain::action::ActionKind;
use coppice_domain::receiver::Receiver;
use serde_json::{Value, json};

/// The representation of `receiver`.
#[must_use]
pub fn receiver(receiver: &Receiver) -> Value {
    json!({
        "id": receiver.id,
        "name": receiver.name,
        "type": receiver.kind.name(),
        "user": receiver.user,
        "project": receiver.project,
        "domain": receiver.domain,
        "created_at": receiver.created_at.iso_z(),
        "updated_at": instant(receiver.updated_at),
        "cluster_id": receiver.cluster_id,
        "actor": receiver.actor,
        "action": receiver.action.map(ActionKind::name),
        "params": receiver.params,
        "channel": receiver.channel,
    })
}
