//! JSON representations of the records (spec api-resources A).
//!
//! Every key is always present, null where unset, except those that an older microversion does not
//! know. Beside each stands its schema, for the API's description; tests hold one to the other.

mod action;
mod attribute;
mod cluster;
mod event;
mod meta;
mod node;
mod policy;
mod profile;
mod receiver;
mod service;
mod types;

pub use action::{ACTION, ACTION_ID, ActionLinks, action};
pub use attribute::{ATTRIBUTE, attribute};
pub use cluster::{CLUSTER, cluster};
pub use event::{EVENT, event};
pub use meta::{BUILD_INFO, DESCRIPTION, build_info};
pub use node::{NODE, NODE_PREVIEW, node, node_preview};
pub use policy::{
    CLUSTER_POLICY, LISTED_POLICY, POLICY, VALIDATED_POLICY, cluster_policy, listed_policy, policy,
    validated_policy,
};
pub use profile::{PROFILE, VALIDATED_PROFILE, profile, validated_profile};
pub use receiver::{RECEIVER, receiver};
pub use service::{SERVICE, service};
pub use types::{LISTED_TYPE, OPERATIONS, TYPE, TYPE_PROPERTY};

use coppice_domain::time::Timestamp;
use serde_json::Value;

/// What is shown where a profile's name cannot be read any more.
pub const UNKNOWN_PROFILE: &str = "Unknown";

/// `2016-05-13T07:02:04Z`, or null.
fn instant(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, |moment| moment.iso_z().into())
}

#[cfg(test)]
mod tests;
