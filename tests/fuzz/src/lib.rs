//! Fuzzing: generated requests to the whole system in one process, and what must hold after each. See this
//! crate's README.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: it fails by panicking, and reports what it finds"
)]

mod author;
mod bodies;
mod check;
mod dice;
mod endpoints;
mod headers;
mod known;
mod ledger;
mod mutate;
mod paths;
mod population;
mod query;
mod report;
mod request;
mod run;
mod spoil;
mod values;
mod world;

pub use report::{Failure, Report};
pub use run::{News, Options, PER_WORLD, run};
