//! Doing what was accepted: answering rings until there are none.

use crate::app::TestApp;
use crate::bell::Ring;
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::dispatch::{Outcome, handle};
use coppice_store::StoreError;
use std::time::Duration;

/// More rings than any test needs: what goes on for longer does not end.
const ENDLESS: usize = 20_000;
/// How long a message rests after the store failed under it.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// What answering the rings took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Rings answered.
    pub answered: usize,
    /// Rings answered by "not yet": polls that found nothing new, and messages that came too early.
    pub waited: usize,
}

impl TestApp {
    /// Answers rings until none is left, moving the clock to the next one instead of waiting.
    ///
    /// # Panics
    /// When this does not end.
    pub async fn drain(&self) -> Drained {
        let mut drained = Drained::default();
        while let Some(outcome) = self.answer_next().await {
            drained.answered += 1;
            drained.waited += usize::from(outcome != Outcome::Done);
            assert!(drained.answered < ENDLESS, "work goes on and on: {:?}", self.bell.waiting());
        }
        drained
    }

    /// Answers the rings that show by `end`, then moves the clock there.
    ///
    /// # Panics
    /// When this does not end.
    pub async fn drain_until(&self, end: Timestamp) -> Drained {
        let mut drained = Drained::default();
        while self.bell.waiting().first().is_some_and(|ring| ring.at <= end) {
            let Some(outcome) = self.answer_next().await else { break };
            drained.answered += 1;
            drained.waited += usize::from(outcome != Outcome::Done);
            assert!(drained.answered < ENDLESS, "work goes on and on: {:?}", self.bell.waiting());
        }
        self.clock.advance(end.since(self.clock.now()));
        drained
    }

    /// Answers the earliest ring, if there is one.
    pub async fn answer_next(&self) -> Option<Outcome> {
        Some(self.try_next().await?.unwrap_or(Outcome::Wait(AFTER_FAILURE)))
    }

    /// The same for a caller to whom it matters that the store failed.
    ///
    /// # Errors
    /// When it did; the ring shows again a little later.
    pub async fn try_next(&self) -> Option<Result<Outcome, StoreError>> {
        let ring = self.bell.take()?;
        self.clock.advance(ring.at.since(self.clock.now()));
        let worker = &self.system.worker;
        // Boxed, as in the adapters: the future is deep.
        let handled = Box::pin(handle(worker, ring.action, ring.seq)).await;
        let outcome = *handled.as_ref().unwrap_or(&Outcome::Wait(AFTER_FAILURE));
        if let Outcome::Wait(span) = outcome {
            // SQS hides by whole seconds, at least one.
            let span =
                Duration::from_secs(u64::try_from(span.as_millis().div_ceil(1000)).unwrap_or(1).max(1));
            self.bell.put_back(Ring { at: self.clock.now().plus(span), ..ring });
        }
        Some(handled)
    }
}
