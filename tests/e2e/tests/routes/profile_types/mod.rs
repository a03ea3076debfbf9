//! `/v1/profile-types` (spec api-resources D).

mod list;
mod ops;
mod show;
