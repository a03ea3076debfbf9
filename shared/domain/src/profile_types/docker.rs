//! `container.dockerinc.docker-1.0`: a container on a node of ours (spec schemas §3.3, §5).

use super::ProfileType;
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::schema::operation::Operation;
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};
use serde_json::Value;

/// The type.
pub const TYPE: ProfileType = ProfileType {
    name: "container.dockerinc.docker",
    version: "1.0",
    schema: SCHEMA,
    operations: &[
        Operation::with("restart", "Restarts the container.", &[WAIT_TIME]),
        Operation::plain("pause", "Pauses the container."),
        Operation::plain("unpause", "Ends the pause of the container."),
    ],
    adopted: &[],
    support: &[VersionSupport { version: "1.0", history: &[(Status::Experimental, "2017.02")] }],
    checks_context: true,
    semantics,
};

const WAIT_TIME: Property =
    Property::integer("wait_time", "Seconds the container may take to stop before it is killed.");

const SCHEMA: Schema = Schema(&[
    Property::free_map("context", "Security context to act with instead of the owner's."),
    Property::string("image", "Image the container runs.").required(),
    Property::string("name", "Name of the container.").updatable(),
    Property::string("command", "Command the container runs."),
    Property::integer("port", "Port of the container daemon.").or(Fallback::Integer(2375)),
    Property::string("host_node", "Node the container runs on."),
    Property::string("host_cluster", "Cluster on whose nodes the container runs."),
]);

/// A container has one kind of host. Whether that host exists is for the caller to look up.
fn semantics(resolved: &JsonMap, _profile: &str) -> Result<(), Fault> {
    let given = |key| resolved.get(key).and_then(Value::as_str).is_some_and(|host| !host.is_empty());
    let text = match (given("host_cluster"), given("host_node")) {
        (true, true) => "Either 'host_cluster' or 'host_node' must be specified, but not both.",
        (false, false) => "Either 'host_cluster' or 'host_node' must be specified.",
        _ => return Ok(()),
    };
    Err(Fault::new(FaultKind::InvalidSpec, text))
}
