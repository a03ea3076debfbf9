//! `/v1/policies` (spec api-resources G).

mod create;
mod delete;
mod list;
mod show;
mod update;
mod validate;
