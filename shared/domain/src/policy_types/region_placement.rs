//! `senlin.policy.region_placement`: spreads a cluster over regions (spec schemas §4.5).

use super::{PolicyType, Read, places};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};

/// The type.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.region_placement",
    versions: &[VersionSupport {
        version: "1.0",
        history: &[(Status::Experimental, "2016.04"), (Status::Supported, "2016.10")],
    }],
    schema: SCHEMA,
    priority: 200,
    singleton: true,
    profile_types: None,
    reads: &[Read::Used("regions")],
    semantics: |_, _| Ok(()),
    creation: |resolved| places::check_names(resolved, "regions", "regions"),
};

const SCHEMA: Schema = Schema(&[Property::list("regions", &REGION, "The regions nodes are placed in.")]);

const REGION: Property = Property::map("*", REGION_KEYS, "A region.");

const REGION_KEYS: Schema = Schema(&[
    Property::string("name", "Name of the region."),
    Property::integer("weight", "Its share of the nodes, relative to the others.").or(Fallback::Integer(100)),
    Property::integer("cap", "Nodes it takes at most; -1 for any number.").or(Fallback::Integer(-1)),
]);
