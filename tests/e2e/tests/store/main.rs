//! The store and the simulated backend on the embedded DynamoDB, and receivers' queues on the embedded SQS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod accepting;
mod adopting;
mod backend;
mod between;
mod finding;
mod inputs;
mod listing;
mod mailboxes;
mod pages;
mod profiles;
mod quota;
mod records;
mod turns;
mod waking;
