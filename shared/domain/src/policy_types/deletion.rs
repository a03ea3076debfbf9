//! `senlin.policy.deletion`: which nodes go when a cluster shrinks, and how (spec schemas §4.1).

use super::{PolicyType, Read};
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};

/// The type. Version 1.0 takes `hooks` too.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.deletion",
    versions: &[
        VersionSupport { version: "1.0", history: &[(Status::Supported, "2016.04")] },
        VersionSupport { version: "1.1", history: &[(Status::Supported, "2018.01")] },
    ],
    schema: SCHEMA,
    priority: 400,
    singleton: true,
    profile_types: None,
    reads: &[
        Read::Plain("criteria"),
        Read::Plain("grace_period"),
        Read::Plain("destroy_after_deletion"),
        Read::Plain("reduce_desired_capacity"),
        Read::Plain("hooks"),
    ],
    semantics: |_, _| Ok(()),
    creation: |_| Ok(()),
};

const SCHEMA: Schema = Schema(&[
    Property::string("criteria", "Which nodes go first.").or(Fallback::Text("RANDOM")).one_of(&[
        "OLDEST_FIRST",
        "OLDEST_PROFILE_FIRST",
        "YOUNGEST_FIRST",
        "RANDOM",
    ]),
    Property::boolean("destroy_after_deletion", "Whether nodes that leave the cluster are destroyed.")
        .or(Fallback::Boolean(true)),
    Property::integer("grace_period", "Seconds before nodes are deleted.").or(Fallback::Integer(0)),
    Property::boolean("reduce_desired_capacity", "Whether the desired capacity falls with the nodes.")
        .or(Fallback::Boolean(true)),
    Property::map("hooks", HOOKS, "Who is told before a node goes, and may hold it up.")
        .or(Fallback::EmptyMap),
]);

const HOOKS: Schema = Schema(&[
    Property::string("type", "How it is told.").or(Fallback::Text("zaqar")).one_of(&["zaqar", "webhook"]),
    Property::map("params", HOOK_PARAMS, "").or(Fallback::EmptyMap),
    Property::integer("timeout", "Seconds to wait for the answer.").or(Fallback::Integer(0)),
]);

const HOOK_PARAMS: Schema = Schema(&[
    Property::string("queue", "Message queue that is told.").or(Fallback::Text("")),
    Property::string("url", "Address that is told.").or(Fallback::Text("")),
]);
