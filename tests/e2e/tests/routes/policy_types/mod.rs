//! `/v1/policy-types` (spec api-resources F).

mod list;
mod show;
