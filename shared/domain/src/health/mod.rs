//! Whether a node is well, when it is looked at next, and whether it may be recovered (spec
//! engine-receivers-health-events §2). How a node is looked at is not decided here: what was found comes in
//! as arguments.

mod breaker;
mod detection;
mod due;
mod finding;
mod pattern;
mod poll;

pub use breaker::{Limits, Permit, Toll, permit};
pub use detection::{Conditional, Detection, Mode, UrlPoll};
pub use due::next_due;
pub use finding::{Finding, Verdict, in_grace, verdict};
pub use pattern::{BadPattern, contains};
pub use poll::{PollFailure, Polled, polled};
