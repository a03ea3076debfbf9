//! Whether a node is well, when it is looked at next, and whether it may be recovered (spec
//! engine-receivers-health-events §2). How a node is looked at is not decided here: what was found comes in
//! as arguments.

mod breaker;
mod care;
mod detection;
mod due;
mod exam;
mod finding;
mod pattern;
mod poll;
mod tally;
mod watch;

pub use breaker::{Limits, Permit, Toll, permit};
pub use care::{Care, MAX_RECOVERIES, MAX_SICK_PERCENT, RECREATE, WINDOW};
pub use detection::{Conditional, Detection, Mode, UrlPoll};
pub use due::next_due;
pub use exam::{Exam, Next, proceed};
pub use finding::{Finding, Verdict, in_grace, verdict};
pub use pattern::{BadPattern, contains};
pub use poll::{PollFailure, Polled, polled};
pub use tally::Tally;
pub use watch::{Decided, MOST_SICK, MOST_WAITING, Obstacle, Outcome, Round, Telling, Watch};
