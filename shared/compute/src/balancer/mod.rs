//! Load balancers in front of clusters (spec engine-policies §6): the contract every driver keeps, and how
//! callers use it.
//!
//! The contract ([`Balancer`]) is as thin as a cloud's API: parts are created, shown, listed and deleted, and
//! a balancer takes one change at a time. What makes that safe to repeat stands above it, once for all drivers:
//! [`ensure_front`], [`ensure_member`], [`remove_member`], [`dismantle`] and [`prune`].

mod dismantle;
mod driver;
mod ensure;
mod error;
mod front;
mod listing;
mod member;
mod part;
mod request;
mod wanted;

#[cfg(any(test, feature = "testing"))]
pub mod contract;

pub use dismantle::{dismantle, prune};
pub use driver::Balancer;
pub use ensure::{ensure_front, oldest};
pub use error::BalancerError;
pub use front::{Front, Standing};
pub use listing::{PartFilter, PartPage, list_parts};
pub use member::{Joined, Member, ensure_member, remove_member};
pub use part::{Origin, Part, PartKind, PartRef, PartState};
pub use request::{Blueprint, PartRequest};
pub use wanted::Wanted;
