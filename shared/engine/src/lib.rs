//! The engine: accepts work, carries it out, and sees to it that nothing is left undone.
//!
//! A message on the queue is a doorbell: it names an action and which parking of it may be woken.
//! [`dispatch::handle`] answers it from what the store says (invariant 1). See this crate's README.

pub mod accept;
mod actions;
mod bus;
pub mod cancel;
pub mod dispatch;
mod env;
#[cfg(test)]
mod fixtures;
mod fleet;
mod front;
pub mod health;
mod history;
pub mod inspect;
mod jobs;
pub mod lifecycle;
mod machine;
mod mailboxes;
mod policies;
pub mod receivers;
pub mod reconciler;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod work;

pub use bus::{Bus, BusError};
pub use env::{Checks, Doorbell, DoorbellError, DriftSweep, Env, LeakSweep, Pace, Settings};
pub use machine::Worker;
pub use mailboxes::{Letter, MailboxError, Mailboxes};
