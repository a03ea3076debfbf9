//! Events (spec api-resources P).

pub(crate) mod list;
pub(crate) mod show;
