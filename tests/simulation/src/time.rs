//! Time and ids that the scheduler owns.

use coppice_domain::ids::IdSource;
use coppice_domain::time::{Clock, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Seconds as a span.
pub(crate) const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The time as one process sees it: the scheduler's, shifted. Clones show the same time.
#[derive(Clone, Debug)]
pub(crate) struct SimClock {
    now: Arc<AtomicI64>,
    skew: i64,
}

impl SimClock {
    /// The scheduler's own clock.
    pub(crate) fn new() -> Self {
        Self { now: Arc::new(AtomicI64::new(1_700_000_000_000_000)), skew: 0 }
    }

    /// The same clock, wrong by this many microseconds.
    pub(crate) fn skewed(&self, skew: i64) -> Self {
        Self { now: Arc::clone(&self.now), skew }
    }

    /// Moves the time on, for every process.
    pub(crate) fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap_or(0);
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    /// Moves the time on to a moment, unless it has passed.
    pub(crate) fn advance_to(&self, moment: Timestamp) {
        self.now.fetch_max(moment.micros(), Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now.load(Ordering::SeqCst) + self.skew)
    }
}

/// Ids drawn from a seed.
pub(crate) struct SeededIds(Mutex<ChaCha8Rng>);

impl SeededIds {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed ^ 0x1D5)))
    }
}

impl IdSource for SeededIds {
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
