//! JSON representations of the records (spec api-resources A).
//!
//! Every key is always present, null where unset, except those that an older microversion does not
//! know.

mod action;
mod cluster;
mod event;
mod node;
mod policy;
mod profile;
mod receiver;
mod service;

pub use action::{ActionLinks, action};
pub use cluster::cluster;
pub use event::event;
pub use node::node;
pub use policy::{cluster_policy, listed_policy, policy, validated_policy};
pub use profile::{profile, validated_profile};
pub use receiver::receiver;
pub use service::service;

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
