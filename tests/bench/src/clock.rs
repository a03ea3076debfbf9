//! The real time: what a measurement is made of.

use std::time::{Duration, Instant};

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "a measurement: nothing is decided by it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Waits before the next look.
#[expect(clippy::disallowed_methods, reason = "a client that polls, as clients do")]
pub(crate) fn pause(span: Duration) {
    std::thread::sleep(span);
}

/// Milliseconds, with fractions.
pub(crate) fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}
