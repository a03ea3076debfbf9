//! A clock that is moved by hand, and a little by being read.

use coppice_compute::testing::ManualClock;
use coppice_domain::time::{Clock, Timestamp};
use std::time::Duration;

/// Each reading is a microsecond later than the one before: what happens later shows a later time.
pub(crate) struct Ticking(pub(crate) ManualClock);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_micros(1));
        self.0.now()
    }
}
