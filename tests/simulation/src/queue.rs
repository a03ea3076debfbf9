//! The queue behind the gate: messages are lost, doubled, delayed and reordered as the scheduler likes.

use crate::gate::{Class, Gate};
use crate::time::{SimClock, seconds};
use async_trait::async_trait;
use coppice_domain::ids::ActionId;
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::dispatch::Outcome;
use coppice_engine::{Doorbell, DoorbellError};
use coppice_store::StoreError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A message on the queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) action: ActionId,
    pub(crate) seq: i64,
    pub(crate) visible_at: Timestamp,
    pub(crate) received: u32,
}

/// The queue. Clones are the same queue.
#[derive(Clone)]
pub(crate) struct Queue {
    gate: Gate,
    clock: SimClock,
    messages: Arc<Mutex<(u64, BTreeMap<u64, Message>)>>,
}

/// How long a message that was received stays hidden: six times the worker's longest run.
pub(crate) const VISIBILITY: Duration = seconds(360);

/// How long a message rests after the store failed under its worker.
const AFTER_FAILURE: Duration = seconds(5);

/// How often a message is received before it is set aside.
const RECEIVES: u32 = 100;

impl Queue {
    pub(crate) fn new(gate: Gate, clock: SimClock) -> Self {
        Self { gate, clock, messages: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Message>)> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, action: ActionId, seq: i64, delay: Duration) {
        let mut state = self.state();
        let number = state.0;
        state.0 += 1;
        let visible_at = self.clock.now().plus(delay);
        state.1.insert(number, Message { action, seq, visible_at, received: 0 });
    }

    /// Messages that can be received at `now`.
    pub(crate) fn visible(&self, now: Timestamp) -> Vec<u64> {
        let state = self.state();
        state.1.iter().filter(|(_, message)| message.visible_at <= now).map(|(number, _)| *number).collect()
    }

    /// When the next message can be received.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.state().1.values().map(|message| message.visible_at).min()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().1.is_empty()
    }

    /// Receives a message and hides it; with `again`, it stays visible all the same.
    pub(crate) fn receive(&self, number: u64, again: bool) -> Option<Message> {
        let now = self.clock.now();
        let mut state = self.state();
        let message = state.1.get_mut(&number)?;
        message.received += 1;
        message.visible_at = now.plus(if again { seconds(1) } else { VISIBILITY });
        let message = message.clone();
        if message.received > RECEIVES {
            state.1.remove(&number);
            return None;
        }
        Some(message)
    }

    /// What becomes of a message whose worker has done with it. One that is to come again is hidden by the worker for
    /// as long as it should wait; one that is not is deleted by whatever feeds the worker, once that has told so. If
    /// either goes astray the message comes again in the queue's own time.
    pub(crate) async fn answer(&self, number: u64, message: &Message, outcome: &Result<Outcome, StoreError>) {
        let again = match outcome {
            Ok(Outcome::Done) => None,
            Ok(Outcome::Wait(span)) => Some(*span),
            Err(_) => Some(AFTER_FAILURE),
        };
        let what = format!("message {number} of {} seq {}", message.action.short(), message.seq);
        let label = again
            .map_or_else(|| format!("delete {what}"), |span| format!("hide {what} for {} s", span.as_secs()));
        let effect = || async {
            match again {
                Some(span) => self.hide(number, span),
                None => self.lose(number),
            }
            Ok(())
        };
        let _: Result<(), ()> = self.gate.call((Class::Queue, label), effect, || ()).await;
    }

    /// Shows a message again after this long.
    fn hide(&self, number: u64, span: Duration) {
        let now = self.clock.now();
        if let Some(message) = self.state().1.get_mut(&number) {
            message.visible_at = now.plus(span.max(seconds(1)));
        }
    }

    /// The message is there no more.
    pub(crate) fn lose(&self, number: u64) {
        self.state().1.remove(&number);
    }

    /// Doubles a message: the copy comes after `delay`.
    pub(crate) fn double(&self, number: u64, delay: Duration) {
        let message = self.state().1.get(&number).cloned();
        if let Some(message) = message {
            self.send(message.action, message.seq, delay);
        }
    }

    /// Delays a message.
    pub(crate) fn delay(&self, number: u64, delay: Duration) {
        if let Some(message) = self.state().1.get_mut(&number) {
            message.visible_at = message.visible_at.plus(delay);
        }
    }

    /// The number the next message will have.
    pub(crate) fn upcoming(&self) -> u64 {
        self.state().0
    }
}

#[async_trait]
impl Doorbell for Queue {
    async fn ring(
        &self,
        _project: &str,
        action: ActionId,
        seq: i64,
        delay: Duration,
    ) -> Result<(), DoorbellError> {
        let label = format!("ring {} seq {seq} in {} s", action.short(), delay.as_secs());
        let effect = || async {
            self.send(action, seq, delay);
            Ok(())
        };
        self.gate.call((Class::Ring, label), effect, || DoorbellError("no answer".to_owned())).await
    }
}
