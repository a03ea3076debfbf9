//! `container.dockerinc.docker-1.0`: a container on a node of ours (spec schemas §3.3, §5).

use super::ProfileType;
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::profile::{HostRefusal, MOST_HOSTED};
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

/// What a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// A cluster, on whose nodes the containers run.
    Cluster,
    /// One node.
    Node,
}

impl HostKind {
    /// The property that names it.
    #[must_use]
    pub const fn property(self) -> &'static str {
        match self {
            Self::Cluster => "host_cluster",
            Self::Node => "host_node",
        }
    }
}

/// A host as a spec names it, by id, name or short id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHost {
    /// What it is.
    pub kind: HostKind,
    /// What it is called.
    pub reference: String,
}

impl NamedHost {
    /// What a client is told when the host does not take a profile.
    #[must_use]
    pub fn refused(&self, refusal: HostRefusal) -> Fault {
        let (property, reference) = (self.kind.property(), &self.reference);
        match refusal {
            HostRefusal::Gone => Fault::new(
                FaultKind::InvalidSpec,
                format!("The specified {property} '{reference}' could not be found or is not unique."),
            ),
            HostRefusal::Full => Fault::new(
                FaultKind::RequestLimitExceeded,
                format!(
                    "Request limit exceeded: the specified {property} '{reference}' hosts {MOST_HOSTED} profiles, \
                     and may host no more. Delete one of them, or name another host."
                ),
            ),
        }
    }
}

/// The host that these properties name; none where they do not name exactly one.
pub(super) fn host(resolved: &JsonMap) -> Option<NamedHost> {
    semantics(resolved, "").ok()?;
    [HostKind::Cluster, HostKind::Node].into_iter().find_map(|kind| {
        let reference = named(resolved, kind)?.to_owned();
        Some(NamedHost { kind, reference })
    })
}

/// An empty text names nothing.
fn named(resolved: &JsonMap, kind: HostKind) -> Option<&str> {
    resolved.get(kind.property()).and_then(Value::as_str).filter(|host| !host.is_empty())
}

/// A container has one kind of host. Whether that host exists is for the caller to look up ([`host`]).
fn semantics(resolved: &JsonMap, _profile: &str) -> Result<(), Fault> {
    let given = |kind| named(resolved, kind).is_some();
    let text = match (given(HostKind::Cluster), given(HostKind::Node)) {
        (true, true) => "Either 'host_cluster' or 'host_node' must be specified, but not both.",
        (false, false) => "Either 'host_cluster' or 'host_node' must be specified.",
        _ => return Ok(()),
    };
    Err(Fault::new(FaultKind::InvalidSpec, text))
}
