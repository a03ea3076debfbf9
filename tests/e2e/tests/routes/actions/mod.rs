//! `/v1/actions` (spec api-resources O).

mod create;
mod list;
mod show;
mod update;
