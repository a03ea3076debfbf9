//! A server's properties as types: what a compute backend is asked to make.

use super::TYPE;
use crate::cluster::JsonMap;
use crate::fault::{Fault, FaultKind};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt;

/// The properties of an `os.nova.server` profile, defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Overrides of the security context to act with.
    #[serde(default, deserialize_with = "or_default")]
    pub context: Redacted<JsonMap>,
    /// The administrator's password.
    pub admin_pass: Option<Redacted<String>>,
    /// Whether the disk is partitioned automatically.
    pub auto_disk_config: bool,
    /// The availability zone to run in.
    pub availability_zone: Option<String>,
    /// Block devices, in order.
    #[serde(default, deserialize_with = "or_default")]
    pub block_device_mapping_v2: Vec<BlockDevice>,
    /// Whether there is a configuration drive.
    pub config_drive: Option<bool>,
    /// The flavor, by id or name.
    pub flavor: String,
    /// The image, by id or name.
    pub image: Option<String>,
    /// The key pair.
    pub key_name: Option<String>,
    /// Key-value pairs to attach; values of any type.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: JsonMap,
    /// The server's name; the node's if there is none.
    pub name: Option<String>,
    /// Connections, in order.
    #[serde(default, deserialize_with = "or_default")]
    pub networks: Vec<Network>,
    /// Files to write into the server.
    #[serde(default, deserialize_with = "or_default")]
    pub personality: Vec<File>,
    /// Hints to the scheduler.
    #[serde(default, deserialize_with = "or_default")]
    pub scheduler_hints: JsonMap,
    /// Names of security groups.
    #[serde(default, deserialize_with = "or_default")]
    pub security_groups: Vec<String>,
    /// What the server reads from its metadata service, as given (not base64).
    pub user_data: Option<Redacted<String>>,
}

/// A connection of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub struct Network {
    pub network: Option<String>,
    pub port: Option<String>,
    pub vnic_type: Option<String>,
    pub fixed_ip: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub security_groups: Vec<String>,
    pub floating_network: Option<String>,
    pub floating_ip: Option<String>,
    pub subnet: Option<String>,
}

/// A block device of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub struct BlockDevice {
    pub uuid: Option<String>,
    pub source_type: String,
    pub destination_type: String,
    pub disk_bus: Option<String>,
    pub device_name: Option<String>,
    /// In MB for swap, else in GB. Whole numbers up to those of 64 bits without a sign pass the schema.
    pub volume_size: Option<i128>,
    pub guest_format: Option<String>,
    pub boot_index: Option<i128>,
    pub device_type: Option<String>,
    pub delete_on_termination: Option<bool>,
    pub volume_type: Option<String>,
}

/// A file written into a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub struct File {
    pub path: String,
    pub contents: String,
}

/// A value that must not reach a log: its debug form does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redacted<T>(pub T);

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Server {
    /// The server a stored spec describes.
    ///
    /// # Errors
    /// `InvalidSpec` if the spec does not fit the schema, which a stored one does.
    pub fn from_spec(spec: &JsonMap) -> Result<Self, Fault> {
        Self::parse(&TYPE.properties(spec)?)
    }

    /// The server that properties resolved against the schema describe.
    ///
    /// # Errors
    /// `InternalError` if they were not resolved against this schema.
    pub fn parse(resolved: &JsonMap) -> Result<Self, Fault> {
        serde_json::from_value(Value::Object(resolved.clone())).map_err(|error| {
            Fault::new(FaultKind::InternalError, format!("The server's properties are unusable: {error}"))
        })
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}
