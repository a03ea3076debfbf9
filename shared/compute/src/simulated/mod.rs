//! The simulated backend: persistent instances with settable delays, failures and limits, under the
//! same contract as a cloud.
//!
//! Nothing runs in the background. What is stored are facts (accepted at, ready at, gone at), and an
//! instance's state is a pure function of them and the clock. Chance is a hash of the seed and of what is
//! decided upon, so a run can be replayed.

mod backend;
pub mod balancer;
mod behaviour;
mod chance;
mod change;
mod config;
mod describe;
mod details;
mod dynamo;
mod memory;
mod record;
mod store;
#[cfg(test)]
mod tests;

pub use backend::Simulated;
pub use behaviour::keys;
pub use config::{ConfigError, Limited, SimulatedConfig, WhenFull};
pub use dynamo::{DynamoStore, TABLE};
pub use memory::MemoryStore;
pub use record::{Changed, Departure, Power, Record};
pub use store::{Insertion, InstanceStore, Limit, StoreFailure, StoredPage};
