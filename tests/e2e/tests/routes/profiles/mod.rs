//! `/v1/profiles` (spec api-resources E).

mod create;
mod delete;
mod hosts;
mod list;
mod show;
mod update;
mod validate;
