//! `os.heat.stack-1.0`: a stack of an orchestration template (spec schemas §3.2, §5).

use super::ProfileType;
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::schema::operation::{Operation, Parameters};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};
use serde_json::Value;

/// The type. Unlike the others it takes any keys in `context`.
pub const TYPE: ProfileType = ProfileType {
    name: "os.heat.stack",
    version: "1.0",
    schema: SCHEMA,
    operations: &[Operation {
        name: "abandon",
        description: "Gives up the stack without deleting its resources.",
        parameters: Parameters::Free,
    }],
    adopted: &["disable_rollback", "environment", "files", "parameters", "template", "timeout"],
    support: &[VersionSupport { version: "1.0", history: &[(Status::Supported, "2016.04")] }],
    checks_context: false,
    semantics,
};

const SCHEMA: Schema = Schema(&[
    Property::free_map("context", "Security context to act with instead of the owner's.")
        .or(Fallback::EmptyMap),
    Property::free_map("template", "The template itself.").or(Fallback::EmptyMap).updatable(),
    Property::string("template_url", "Where the template is.").or(Fallback::Text("")).updatable(),
    Property::free_map("parameters", "Values for the template's parameters.")
        .or(Fallback::EmptyMap)
        .updatable(),
    Property::free_map("files", "Contents of files the template refers to.")
        .or(Fallback::EmptyMap)
        .updatable(),
    Property::integer("timeout", "Minutes that creating or updating the stack may take.").updatable(),
    Property::boolean("disable_rollback", "Whether a failed stack is left as it is.")
        .or(Fallback::Boolean(true))
        .updatable(),
    Property::free_map("environment", "The environment the template is read in.")
        .or(Fallback::EmptyMap)
        .updatable(),
]);

/// There must be a template, inline or by address.
fn semantics(resolved: &JsonMap, profile: &str) -> Result<(), Fault> {
    let inline = resolved.get("template").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    let address = resolved.get("template_url").and_then(Value::as_str).is_some_and(|url| !url.is_empty());
    if inline || address {
        return Ok(());
    }
    let text = format!("Both template and template_url are not specified for profile '{profile}'.");
    Err(Fault::new(FaultKind::InvalidSpec, text))
}
