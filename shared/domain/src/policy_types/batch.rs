//! `senlin.policy.batch`: updates the nodes of a cluster a batch at a time (spec schemas §4.8).

use super::{PolicyType, Read};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};

/// The type. Its numbers have no bounds.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.batch",
    versions: &[VersionSupport { version: "1.0", history: &[(Status::Experimental, "2017.02")] }],
    schema: SCHEMA,
    priority: 200,
    singleton: true,
    profile_types: None,
    reads: &[Read::Plain("min_in_service"), Read::Plain("max_batch_size"), Read::Plain("pause_time")],
    semantics: |_, _| Ok(()),
    creation: |_| Ok(()),
};

const SCHEMA: Schema = Schema(&[
    Property::integer("min_in_service", "Nodes that stay in service during an update.")
        .or(Fallback::Integer(1)),
    Property::integer("max_batch_size", "Nodes updated at the same time at most; -1 for any number.")
        .or(Fallback::Integer(-1)),
    Property::integer("pause_time", "Seconds between two batches.").or(Fallback::Integer(60)),
]);
