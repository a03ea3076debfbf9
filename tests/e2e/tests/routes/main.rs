//! Routes through the whole system in process. Folders mirror URLs: `<resource>/<verb>.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]
#![allow(clippy::print_stderr, reason = "measured figures are shown with --nocapture")]

mod actions;
mod bad_input;
mod balancing;
mod budgets;
mod build_info;
mod check;
mod clusters;
mod drift;
mod endpoints;
mod events;
mod exchanges;
mod health;
mod isolation;
mod lists;
mod nodes;
mod outcomes;
mod pacing;
mod phases;
mod policies;
mod policy_types;
mod profile_types;
mod profiles;
mod receivers;
mod reconciling;
mod retention;
mod services;
mod triggers;
mod versions;
mod webhooks;
