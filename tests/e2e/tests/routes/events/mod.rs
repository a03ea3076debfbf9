//! `/v1/events` (spec api-resources P).

mod announced;
mod list;
mod show;
