//! `/v1/nodes` (spec api-resources L).

mod list;
mod show;
