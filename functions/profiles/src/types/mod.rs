//! Profile types (spec api-resources D).

pub(crate) mod list;
pub(crate) mod operations;
pub(crate) mod show;
