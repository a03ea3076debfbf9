//! Configuration, tracing and wiring: what a function's `main` needs beside its own library.
//!
//! This is where the clock, the ids and the environment come from; everything further in takes them as
//! arguments (invariant 9).

pub mod adapters;
mod aws;
mod bus;
pub mod config;
pub mod events;
pub mod http;
pub mod logging;
mod mailboxes;
pub mod message;
pub mod queue;
pub mod schedule;
pub mod sqs;
pub mod stream;
mod wiring;

pub use aws::Aws;
pub use bus::EventBridge;
pub use config::{Config, ConfigError};
pub use mailboxes::SqsMailboxes;
pub use wiring::{Failure, env, worker};
