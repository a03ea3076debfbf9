//! `senlin.policy.zone_placement`: spreads a cluster over availability zones (spec schemas §4.6).

use super::{PolicyType, Read, SERVERS, places};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};

/// The type.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.zone_placement",
    versions: &[VersionSupport {
        version: "1.0",
        history: &[(Status::Experimental, "2016.04"), (Status::Supported, "2016.10")],
    }],
    schema: SCHEMA,
    priority: 300,
    singleton: true,
    profile_types: SERVERS,
    reads: &[Read::Used("zones")],
    semantics: |_, _| Ok(()),
    creation: |resolved| places::check_names(resolved, "zones", "name"),
};

const SCHEMA: Schema =
    Schema(&[Property::list("zones", &ZONE, "The availability zones nodes are placed in.")]);

const ZONE: Property = Property::map("*", ZONE_KEYS, "An availability zone.");

const ZONE_KEYS: Schema = Schema(&[
    Property::string("name", "Name of the availability zone."),
    Property::integer("weight", "Its share of the nodes, relative to the others.").or(Fallback::Integer(100)),
]);
