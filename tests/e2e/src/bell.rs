//! A doorbell that remembers who rang, until the rings are answered.

use async_trait::async_trait;
use coppice_compute::testing::ManualClock;
use coppice_domain::ids::ActionId;
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::{Doorbell, DoorbellError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One ring: a message on the queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ring {
    /// When it shows.
    pub at: Timestamp,
    /// Whom it is for.
    pub action: ActionId,
    /// The parking it is for.
    pub seq: i64,
    /// On whose behalf.
    pub project: String,
}

/// The doorbell.
pub struct Bell {
    clock: ManualClock,
    rings: Mutex<Vec<Ring>>,
    rung: Mutex<u64>,
}

impl Bell {
    /// A doorbell that nobody has rung.
    #[must_use]
    pub fn new(clock: ManualClock) -> Self {
        Self { clock, rings: Mutex::default(), rung: Mutex::default() }
    }

    /// How often it was rung in all.
    pub fn rung(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rings that wait for an answer, the earliest first.
    pub fn waiting(&self) -> Vec<Ring> {
        let mut rings = self.rings().clone();
        rings.sort();
        rings
    }

    /// Takes the earliest ring.
    pub fn take(&self) -> Option<Ring> {
        let mut rings = self.rings();
        let (place, _) = rings.iter().enumerate().min_by_key(|(_, ring)| (*ring).clone())?;
        Some(rings.remove(place))
    }

    /// Loses every ring, as a queue may.
    pub fn lose_all(&self) {
        self.rings().clear();
    }

    /// Puts a ring back, to show at another time.
    pub(crate) fn put_back(&self, ring: Ring) {
        self.rings().push(ring);
    }

    fn rings(&self) -> MutexGuard<'_, Vec<Ring>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Doorbell for Bell {
    async fn ring(
        &self,
        project: &str,
        action: ActionId,
        seq: i64,
        delay: Duration,
    ) -> Result<(), DoorbellError> {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        // SQS delays by whole seconds, rounded up.
        let delay = Duration::from_secs(u64::try_from(delay.as_millis().div_ceil(1000)).unwrap_or(0));
        self.put_back(Ring { at: self.clock.now().plus(delay), action, seq, project: project.to_owned() });
        Ok(())
    }
}
