//! `/v1/clusters` (spec api-resources H, I, K).

mod actions;
mod create;
mod delete;
mod list;
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
