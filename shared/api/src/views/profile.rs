//! A profile (spec api-resources A3).

use super::instant;
use crate::openapi::schema::{self, map, nullable, object, text, uuid};
use crate::operation::Representation;
use coppice_domain::cluster::JsonMap;
use coppice_domain::profile::Profile;
use serde_json::{Value, json};

/// The representation of `profile`.
#[must_use]
pub fn profile(profile: &Profile) -> Value {
    json!({
        "id": profile.id,
        "name": profile.name,
        "type": profile.type_name,
        "user": profile.user,
        "project": profile.project,
        "domain": profile.domain,
        "spec": profile.spec,
        "metadata": profile.metadata,
        "created_at": profile.created_at.iso_z(),
        "updated_at": instant(profile.updated_at),
    })
}

/// The representation of a spec that was validated and not kept (spec api-resources E).
#[must_use]
pub fn validated_profile(type_name: &str, spec: &JsonMap, user: &str, project: &str) -> Value {
    json!({
        "id": null,
        "name": "validated_profile",
        "type": type_name,
        "user": user,
        "project": project,
        "domain": null,
        "spec": spec,
        "metadata": null,
        "created_at": null,
        "updated_at": null,
    })
}

/// What [`profile`] makes.
pub const PROFILE: Representation = Representation { name: "Profile", schema };

/// What [`validated_profile`] makes.
pub const VALIDATED_PROFILE: Representation =
    Representation { name: "ValidatedProfile", schema: validated_schema };

fn schema() -> Value {
    object([
        ("id", uuid()),
        ("name", text()),
        ("type", text()),
        ("user", text()),
        ("project", text()),
        ("domain", nullable(text())),
        ("spec", map()),
        ("metadata", nullable(map())),
        ("created_at", schema::instant()),
        ("updated_at", nullable(schema::instant())),
    ])
}

/// A profile without what only a stored one has.
fn validated_schema() -> Value {
    let mut validated = schema();
    for key in ["id", "domain", "metadata", "created_at", "updated_at"] {
        validated["properties"][key] = json!({ "type": "null" });
    }
    validated
}
