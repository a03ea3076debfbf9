//! The store and the simulated backend on the embedded DynamoDB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod accepting;
mod adopting;
mod backend;
mod finding;
mod listing;
mod profiles;
mod quota;
mod records;
