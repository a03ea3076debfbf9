//! `/v1/events` (spec api-resources P).

mod list;
mod show;
