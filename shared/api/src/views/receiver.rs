//! A receiver (spec api-resources A6).

use super::instant;
use crate::fields::lists::{ALL_RECEIVER_TYPES, CLUSTER_ACTIONS};
use crate::openapi::schema::{
    self, boolean, integer, map, nullable, object, one_of, text, uuid, with_optional,
};
use crate::operation::Representation;
use coppice_domain::action::ActionKind;
use coppice_domain::receiver::Receiver;
use serde_json::{Value, json};

/// The representation of `receiver`; with what this service adds, for those who ask for it.
#[must_use]
pub fn receiver(receiver: &Receiver, additions: bool) -> Value {
    let mut shown = json!({
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
    });
    if additions {
        shown["schedule"] = receiver.schedule.as_ref().map_or(Value::Null, |schedule| {
            let mut schedule = json!(schedule);
            schedule["next_run"] = instant(receiver.next_run);
            schedule
        });
        // Whether there is a secret, and never the secret.
        shown["protection"] = receiver.protection.as_ref().map_or(
            Value::Null,
            |protection| json!({ "signing": protection.signing.is_some(), "rate": protection.rate }),
        );
    }
    shown
}

/// What [`receiver`] makes.
pub const RECEIVER: Representation = Representation { name: "Receiver", schema };

fn schema() -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("type", one_of(ALL_RECEIVER_TYPES.iter().copied())),
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
        ("schedule", schema::added(nullable(schedule()))),
        ("protection", schema::added(nullable(protection()))),
    ])
}

/// A protection. Its secret is told when it is new, and not again.
fn protection() -> Value {
    let rate = object([("calls", integer()), ("seconds", integer())]);
    let protection = object([("signing", boolean()), ("rate", nullable(rate))]);
    with_optional(protection, "secret", text())
}

/// A schedule: its times are a cron expression or a single one.
fn schedule() -> Value {
    let schedule = object([
        ("timezone", text()),
        ("missed", one_of(["run_once", "skip"])),
        ("next_run", nullable(schema::instant())),
    ]);
    with_optional(with_optional(schedule, "cron", text()), "at", text())
}
