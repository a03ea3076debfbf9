//! `/v1/clusters` (spec api-resources H, I, J, K).

mod actions;
mod attributes;
mod create;
mod delete;
pub(crate) mod fixtures;
mod list;
mod ops;
mod policies;
mod show;
mod update;

/// The keys of a cluster's representation (spec api-resources A1).
const KEYS: [&str; 22] = [
    "config",
    "created_at",
    "data",
    "dependents",
    "desired_capacity",
    "domain",
    "id",
    "init_at",
    "max_size",
    "metadata",
    "min_size",
    "name",
    "nodes",
    "policies",
    "profile_id",
    "profile_name",
    "project",
    "status",
    "status_reason",
    "timeout",
    "updated_at",
    "user",
];
