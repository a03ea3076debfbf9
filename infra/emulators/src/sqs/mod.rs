//! Standard queues of SQS, in memory.
//!
//! Nothing is kept: the queues are gone when the process ends. That is enough, because a message here is
//! only a doorbell. The work it announces is recorded in the database and found there again when the
//! bell is lost (invariant 1).
//!
//! Served: creating, listing, configuring, purging and deleting queues; sending (also delayed),
//! receiving (also waiting), deleting and hiding messages, one by one or in batches; moving a message to a
//! dead-letter queue when it was received too often.
//!
//! Not served, and refused: FIFO queues, tags, permissions, encryption, and moving messages back out of a
//! dead-letter queue. Unlike the real service it never delivers twice by itself, finds every message at the
//! first look, purges at once and as often as asked, and lets a deleted queue's name be used again at once.
//!
//! The rules are in the module `queues`, which neither waits nor reads a clock; here they are given the time.

mod batch;
mod check;
mod command;
mod digest;
mod exchange;
mod fault;
mod message;
mod queue;
mod queues;
mod receipt;
mod server;
mod settings;
#[cfg(test)]
mod tests;

use crate::http_client::{Answer as HttpAnswer, Call, Service};
use command::Command;
use fault::Fault;
use futures::future::BoxFuture;
use queues::{Answer, Queues};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// An embedded SQS. Clones share their queues.
#[derive(Clone)]
pub struct Sqs {
    shared: Arc<Shared>,
}

struct Shared {
    queues: Mutex<Queues>,
    /// Rings when a waiting receiver should look again.
    bell: Notify,
    now: Box<dyn Fn() -> Duration + Send + Sync>,
}

impl std::fmt::Debug for Sqs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sqs")
    }
}

impl Sqs {
    /// A service without queues, whose queues' URLs will be `<base_url>/000000000000/<name>`.
    ///
    /// Its time is the system's at this moment and runs on with tokio's: steadily, and paused where tokio's
    /// time is.
    #[must_use]
    pub fn new(base_url: String) -> Self {
        Self::with_clock(base_url, running_clock())
    }

    /// The same with a time of its own: `now` tells the time since the Unix epoch, and decides what is
    /// delayed, hidden and expired.
    ///
    /// A receive that waits does so by tokio's time, which `now` must keep up with; one that does not wait
    /// needs no tokio runtime.
    #[must_use]
    pub fn with_clock(base_url: String, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let queues = Mutex::new(Queues::new(base_url));
        Self { shared: Arc::new(Shared { queues, bell: Notify::new(), now: Box::new(now) }) }
    }

    /// Answers one call with the body of the answer. Dropped while it waits, it has received nothing.
    async fn handle(&self, call: &Call) -> Result<String, Fault> {
        let command = Command::parse(call)?;
        let mut until = None;
        loop {
            // Listening begins before looking, or a message sent in between would ring unheard.
            let mut rung = pin!(self.shared.bell.notified());
            rung.as_mut().enable();
            let now = (self.shared.now)();
            let (wait, next_due) = match self.apply(now, &command)? {
                Answer::Body(body) => return Ok(body.to_string()),
                Answer::Nothing { wait, .. } if wait.is_zero() => return Ok("{}".to_owned()),
                Answer::Nothing { wait, next_due } => (wait, next_due),
            };
            let asked = Instant::now();
            let left = until.get_or_insert(asked + wait).saturating_duration_since(asked);
            if left.is_zero() {
                return Ok("{}".to_owned());
            }
            let pause = next_due.map_or(left, |due| left.min(due.saturating_sub(now)));
            // Woken or not, the queue is looked at again.
            let _ = timeout(pause, rung).await;
        }
    }

    fn apply(&self, now: Duration, command: &Command) -> Result<Answer, Fault> {
        // A panic elsewhere leaves the queues usable: at worst a doorbell is lost.
        let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let applied = queues.apply(now, command);
        drop(queues);
        if applied.wake {
            self.shared.bell.notify_waiters();
        }
        applied.answer
    }
}

/// The system's time at this moment, carried on by tokio's clock, which no correction sets back.
fn running_clock() -> impl Fn() -> Duration + Send + Sync + 'static {
    #[expect(clippy::disallowed_methods, reason = "an adapter: the emulated service's own clock")]
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let origin = Instant::now();
    move || started + origin.elapsed()
}

impl Service for Sqs {
    fn answer(&self, call: Call) -> BoxFuture<'static, HttpAnswer> {
        let this = self.clone();
        Box::pin(async move {
            match this.handle(&call).await {
                Ok(body) => HttpAnswer { status: 200, body },
                Err(fault) => HttpAnswer { status: 400, body: fault.in_process_body() },
            }
        })
    }
}
