//! Where instances come from: the contract every compute backend keeps, and its drivers.
//!
//! The contract ([`Compute`]) is written for real clouds: creation is asynchronous, answers may be
//! stale, and any call may fail after it took effect. Callers create through [`ensure_created`] only.

pub mod balancer;
mod change;
mod compute;
mod ensure;
mod error;
pub mod health;
mod instance;
mod listing;
mod request;
pub mod simulated;

#[cfg(any(test, feature = "testing"))]
pub mod contract;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use change::{Alteration, Change, Progress};
pub use compute::{Compute, Deletion, Idempotency};
pub use ensure::{adoptable, ensure_created};
pub use error::{ComputeError, Consequence};
pub use instance::{Instance, InstanceState};
pub use listing::{Filter, MAX_IDS, Page, PageMark, list_all};
pub use request::{CreateRequest, Tags, Token};
