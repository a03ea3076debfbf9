//! A service (spec api-resources A9).

use coppice_domain::service::Service;
use coppice_domain::time::Timestamp;
use serde_json::{Value, json};

/// The representation of `service`. Nobody disables one here.
#[must_use]
pub fn service(service: &Service) -> Value {
    json!({
        "id": service.id(),
        "host": service.deployment,
        "binary": service.binary(),
        "topic": service.binary(),
        "disabled_reason": null,
        "status": "enabled",
        "state": if service.up { "up" } else { "down" },
        "updated_at": service.pulse.map(Timestamp::iso_bare),
    })
}
