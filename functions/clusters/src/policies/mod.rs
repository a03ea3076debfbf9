//! The policies attached to a cluster (spec api-resources K).

pub(crate) mod list;
pub(crate) mod show;
