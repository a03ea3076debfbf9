//! Looking at nodes (spec engine-receivers-health-events §2.3): by their instance's state, and by what a URL
//! of the user's answers. What a finding leads to is decided in the domain's `health`.
//!
//! A URL comes from whoever may create a policy, and is fetched from inside the operator's network: where it
//! may lead is decided by [`AddressRule`], and [`HttpProber`] goes nowhere else.

mod address;
mod http;
mod instance;
mod prober;
mod range;
mod rule;

pub use address::{AddressKind, kind_of};
pub use http::{HttpProber, LONGEST_BODY};
pub use instance::{Glance, glance, look_closer, untold, without_instance};
pub use prober::{Probe, Prober};
pub use range::{BadRange, Range};
pub use rule::{AddressRule, ProbeSettings};
