//! A service (spec api-resources A9).

use crate::openapi::schema::{bare_moment, nullable, object, one_of, text, uuid};
use crate::operation::Representation;
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

/// What [`service`] makes.
pub const SERVICE: Representation = Representation { name: "Service", schema };

fn schema() -> Value {
    object([
        ("id", uuid()),
        ("host", text()),
        ("binary", text()),
        ("topic", text()),
        ("disabled_reason", nullable(text())),
        ("status", one_of(["enabled"])),
        ("state", one_of(["up", "down"])),
        ("updated_at", nullable(bare_moment())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::conform::assert_conforms;
    use std::time::Duration;

    #[test]
    fn every_service_looks_as_described() {
        let now = Timestamp::from_micros(1_795_446_866_000_001);
        for pulse in [None, Some(now), Some(now.truncated()), Some(Timestamp::from_micros(0))] {
            for each in Service::all("here", pulse, now, Duration::from_secs(1)) {
                assert_conforms(SERVICE, &service(&each));
            }
        }
    }
}
