//! The simulated load balancing service, beside the simulated compute backend and in the same stores.
//!
//! As there, nothing runs in the background: what is stored are facts, and where a part stands is a function of
//! them and the clock. A part whose balancer or pool is gone is gone with it.

mod changes;
mod config;
mod creation;
mod lookup;
mod record;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use config::{BalancerConfig, ExistingBalancer};
pub use record::{Engaged, PartRecord};
pub use service::SimulatedBalancer;
pub use store::{PartStore, Shelf, StoredParts};

/// A balancer's `availability_zone` that begins so tells how its creation fails, by the names that
/// [`keys::FAIL`](super::keys::FAIL) takes: `simulated.error`, `simulated.quota`, `simulated.timeout`.
pub const FAILING_ZONE: &str = "simulated.";
