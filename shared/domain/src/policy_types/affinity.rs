//! `senlin.policy.affinity`: keeps the servers of a cluster together or apart (spec schemas §4.7).

use super::{PolicyType, Read, SERVERS};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};

/// The type.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.affinity",
    versions: &[VersionSupport { version: "1.0", history: &[(Status::Supported, "2016.10")] }],
    schema: SCHEMA,
    priority: 300,
    singleton: true,
    profile_types: SERVERS,
    reads: &[Read::Plain("enable_drs_extension")],
    semantics: |_, _| Ok(()),
    creation: |_| Ok(()),
};

const SCHEMA: Schema = Schema(&[
    Property::map("servergroup", SERVER_GROUP, "The server group the servers belong to."),
    Property::string("availability_zone", "Availability zone the servers run in."),
    Property::boolean("enable_drs_extension", "Whether servers are placed by a resource scheduler.")
        .or(Fallback::Boolean(false)),
]);

const SERVER_GROUP: Schema = Schema(&[
    Property::string("name", "Name of the server group."),
    Property::string("policies", "Whether its servers share a host or avoid it, strictly or softly.")
        .or(Fallback::Text("anti-affinity"))
        .one_of(&["affinity", "soft-affinity", "anti-affinity", "soft-anti-affinity"]),
]);
