//! The order in which a profile's spec is checked (spec schemas §6).

use super::ProfileType;
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::pyrepr;
use crate::schema::Violation;
use crate::schema::spec::{self, PROFILE_ENVELOPE};
use serde_json::Value;

/// The property that is read while the profile is constructed, before anything else is checked.
const CONTEXT: &str = "context";

/// What the `context` property may set (spec schemas §3.1).
const CONTEXT_KEYS: [&str; 23] = [
    "self",
    "auth_token",
    "user_id",
    "project_id",
    "domain_id",
    "user_domain_id",
    "project_domain_id",
    "is_admin",
    "read_only",
    "show_deleted",
    "request_id",
    "auth_url",
    "trusts",
    "user_name",
    "project_name",
    "domain_name",
    "user_domain_name",
    "project_domain_name",
    "auth_token_info",
    "region_name",
    "roles",
    "password",
    "api_version",
];

/// The name a profile goes by while it is only validated.
const UNNAMED: &str = "validated_profile";

/// Checks `spec` against its type: `context`, the envelope, the properties, the keys of `context`, and
/// last what the type itself adds, which carries no prefix.
///
/// # Errors
/// As [`super::validate_profile_spec`].
pub fn check(kind: &ProfileType, name: Option<&str>, spec: &JsonMap) -> Result<(), Fault> {
    let refused = |violation: Violation| {
        let text = match name {
            Some(name) => format!("Failed in creating profile {name}: {violation}"),
            None => violation.text,
        };
        Fault::new(FaultKind::InvalidSpec, text)
    };
    let context = spec::look_up(spec, CONTEXT)?;
    if let Some(property) = kind.schema.property(CONTEXT) {
        property.resolve(context).map_err(refused)?;
    }
    PROFILE_ENVELOPE.validate(spec).map_err(refused)?;
    let resolved = kind.schema.resolve_spec(spec).map_err(refused)?;
    if kind.checks_context {
        context_keys(&resolved).map_err(refused)?;
    }
    (kind.semantics)(&resolved, name.unwrap_or(UNNAMED))
}

fn context_keys(resolved: &JsonMap) -> Result<(), Violation> {
    let Some(context) = resolved.get(CONTEXT).and_then(Value::as_object) else { return Ok(()) };
    let unknown: Vec<&String> = context.keys().filter(|key| !CONTEXT_KEYS.contains(&key.as_str())).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Violation {
        text: format!("Some keys in 'context' are invalid: {}", pyrepr::repr_list(unknown)),
        wrong_type: false,
    })
}
