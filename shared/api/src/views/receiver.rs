//! A receiver (spec api-resources A6).

use super::instant;
use crate::fields::lists::{CLUSTER_ACTIONS, RECEIVER_TYPES};
use crate::openapi::schema::{self, map, nullable, object, one_of, text, uuid};
use crate::operation::Representation;
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

/// What [`receiver`] makes.
pub const RECEIVER: Representation = Representation { name: "Receiver", schema };

fn schema() -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("type", one_of(RECEIVER_TYPES.iter().copied())),
        ("user", text()),
        ("project", text()),
        ("domain", nullable(text())),
        ("created_at", schema::instant()),
        ("updated_at", nullable(schema::instant())),
        ("cluster_id", nullable(uuid())),
        ("actor", map()),
        ("action", nullable(one_of(CLUSTER_ACTIONS.iter().copied()))),
        ("params", nullable(map())),
        ("channel", map()),
    ])
}
