//! Policy types (spec api-resources F).

pub(crate) mod list;
pub(crate) mod show;
