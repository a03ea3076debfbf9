//! What each list takes (spec api-common §13, §19).

use super::query::{Filter, Listing, Values};
use crate::microversion::Feature;

const CLUSTER_STATUS: &[&str] = &[
    "INIT",
    "ACTIVE",
    "CREATING",
    "UPDATING",
    "RESIZING",
    "DELETING",
    "CHECKING",
    "RECOVERING",
    "CRITICAL",
    "ERROR",
    "WARNING",
    "OPERATING",
];

const NODE_STATUS: &[&str] =
    &["INIT", "ACTIVE", "ERROR", "WARNING", "CREATING", "UPDATING", "DELETING", "RECOVERING", "OPERATING"];

const ACTION_STATUS: &[&str] = &[
    "INIT",
    "WAITING",
    "READY",
    "RUNNING",
    "SUCCEEDED",
    "FAILED",
    "CANCELLED",
    "WAITING_LIFECYCLE_COMPLETION",
    "SUSPENDED",
];

macro_rules! action_names {
    (cluster: $($cluster:literal)+; node: $($node:literal)+;) => {
        /// The names of cluster actions, in the order of the reference.
        pub const CLUSTER_ACTIONS: &[&str] = &[$($cluster),+];
        /// The names of cluster and node actions, in the order of the reference.
        pub const ACTION_NAMES: &[&str] = &[$($cluster),+, $($node),+];
    };
}

action_names! {
    cluster: "CLUSTER_CREATE" "CLUSTER_DELETE" "CLUSTER_UPDATE" "CLUSTER_ADD_NODES" "CLUSTER_DEL_NODES"
        "CLUSTER_RESIZE" "CLUSTER_CHECK" "CLUSTER_RECOVER" "CLUSTER_REPLACE_NODES" "CLUSTER_SCALE_OUT"
        "CLUSTER_SCALE_IN" "CLUSTER_ATTACH_POLICY" "CLUSTER_DETACH_POLICY" "CLUSTER_UPDATE_POLICY"
        "CLUSTER_OPERATION";
    node: "NODE_CREATE" "NODE_DELETE" "NODE_UPDATE" "NODE_JOIN" "NODE_LEAVE" "NODE_CHECK" "NODE_RECOVER"
        "NODE_OPERATION";
}

/// The types of receivers.
pub const RECEIVER_TYPES: &[&str] = &["webhook", "message"];
/// The same with those that this service adds.
pub const ALL_RECEIVER_TYPES: &[&str] = &["webhook", "message", "schedule"];

const LEVELS: &[&str] = &["CRITICAL", "ERROR", "WARN", "INFO", "DEBUG"];

const PAGED: Listing = Listing { paged: true, filters: &[], sort_keys: &[], quotes_unknown: false };

const TYPED: Listing = Listing {
    filters: &[Filter::new("name"), Filter::new("type")],
    sort_keys: &["type", "name", "created_at", "updated_at"],
    ..PAGED
};

/// `GET /profiles`.
pub static PROFILES: Listing = TYPED;

/// `GET /policies`.
pub static POLICIES: Listing = TYPED;

/// `GET /clusters`.
pub static CLUSTERS: Listing = Listing {
    filters: &[Filter::new("name"), Filter::new("status").of(Values::OneOf(CLUSTER_STATUS))],
    sort_keys: &["name", "status", "init_at", "created_at", "updated_at"],
    quotes_unknown: true,
    ..PAGED
};

/// `GET /nodes`.
pub static NODES: Listing = Listing {
    filters: &[
        Filter::new("cluster_id").single(),
        Filter::new("name"),
        Filter::new("status").of(Values::OneOf(NODE_STATUS)),
    ],
    sort_keys: &["index", "name", "status", "init_at", "created_at", "updated_at"],
    ..PAGED
};

/// `GET /receivers`.
pub static RECEIVERS: Listing = receivers(&receiver_filters(RECEIVER_TYPES));

/// The same for those who ask for what this service adds.
pub static ALL_RECEIVERS: Listing = receivers(&receiver_filters(ALL_RECEIVER_TYPES));

const fn receivers(filters: &'static [Filter]) -> Listing {
    let sort_keys = &["name", "type", "action", "cluster_id", "created_at", "user"];
    Listing { filters, sort_keys, ..PAGED }
}

const fn receiver_filters(types: &'static [&'static str]) -> [Filter; 5] {
    [
        Filter::new("name"),
        Filter::new("type").of(Values::OneOf(types)),
        Filter::new("cluster_id"),
        Filter::new("user").since(Feature::ReceiverUserFilter),
        Filter::new("action").of(Values::OneOf(CLUSTER_ACTIONS)),
    ]
}

/// `GET /actions`.
pub static ACTIONS: Listing = Listing {
    filters: &[
        Filter::new("name"),
        Filter::new("cluster_id").since(Feature::ActionCluster),
        Filter::new("target"),
        Filter::new("action").of(Values::OneOf(ACTION_NAMES)),
        Filter::new("status").of(Values::OneOf(ACTION_STATUS)),
    ],
    sort_keys: &["name", "target", "action", "created_at", "status"],
    ..PAGED
};

/// `GET /events`.
pub static EVENTS: Listing = Listing {
    filters: &[
        Filter::new("oname"),
        Filter::new("otype"),
        Filter::new("oid"),
        Filter::new("cluster_id"),
        Filter::new("action").of(Values::OneOf(ACTION_NAMES)),
        Filter::new("level").of(Values::OneOf(LEVELS)),
    ],
    sort_keys: &["timestamp", "level", "otype", "oname", "action", "status", "oid", "cluster_id"],
    ..PAGED
};

/// `GET /clusters/{id}/policies`.
pub static CLUSTER_POLICIES: Listing = Listing {
    paged: false,
    filters: &[
        Filter::new("enabled").of(Values::Flag).single(),
        Filter::new("policy_name").of(Values::Name).single(),
        Filter::new("policy_type").single(),
    ],
    sort_keys: &["enabled"],
    ..PAGED
};
