//! `os.nova.server-1.0`: a compute instance (spec schemas §3.1, §5).

use super::ProfileType;
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use crate::schema::support::{Status, VersionSupport};

mod operations;
mod properties;
mod server;

pub use server::{BlockDevice, File, Network, Redacted, Server};

/// The type. Versions 1.1 and 1.2 are declared but not registered.
pub const TYPE: ProfileType = ProfileType {
    name: "os.nova.server",
    version: "1.0",
    schema: properties::SCHEMA,
    operations: operations::OPERATIONS,
    adopted: &[
        "auto_disk_config",
        "availability_zone",
        "block_device_mapping_v2",
        "config_drive",
        "flavor",
        "image",
        "key_name",
        "metadata",
        "name",
        "networks",
        "security_groups",
    ],
    support: &[
        VersionSupport { version: "1.0", history: &[(Status::Supported, "2016.04")] },
        VersionSupport { version: "1.1", history: &[(Status::Supported, "2023.04")] },
        VersionSupport { version: "1.2", history: &[(Status::Supported, "2023.07")] },
    ],
    checks_context: true,
    semantics,
};

/// The port types a network may ask for.
const VNIC_TYPES: [&str; 3] = ["normal", "direct", "macvtap"];

/// `networks` must be given, though the schema calls it optional: the reference goes through it without
/// looking whether it is there. Each network must name a network or a port, and not contradict itself.
fn semantics(resolved: &JsonMap, _profile: &str) -> Result<(), Fault> {
    if resolved.get("networks").is_none_or(serde_json::Value::is_null) {
        return Err(Fault::malformed());
    }
    Server::parse(resolved)?
        .networks
        .iter()
        .try_for_each(check_network)
        .map_err(|text| Fault::new(FaultKind::InvalidSpec, text))
}

/// What can be said of a network without asking the backend, in the reference's order.
fn check_network(network: &Network) -> Result<(), String> {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if !given(&network.port) && !given(&network.network) {
        return Err("One of 'port' and 'network' must be provided".to_owned());
    }
    if given(&network.port) && given(&network.fixed_ip) {
        return Err(
            "The 'port' property and the 'fixed_ip' property cannot be specified at the same time".to_owned()
        );
    }
    match &network.vnic_type {
        Some(kind) if !VNIC_TYPES.contains(&kind.as_str()) => Err(format!(
            "vnic_type: '{kind}' is not supported.(supported types are: {})",
            VNIC_TYPES.join(", ")
        )),
        _ => Ok(()),
    }
}
