//! The gate: every effect stops here until the scheduler lets it through, and says with what fate.

use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A task of the scheduler.
pub(crate) type TaskId = u64;

/// What an effect is, as far as the scheduler cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A strongly consistent read of the table.
    Read,
    /// A read that may lag: of an index, or not asked to be consistent.
    LaggingRead,
    /// A write of one item.
    Write,
    /// A transaction.
    Transaction,
    /// A call of the backend that changes nothing.
    CloudRead,
    /// A call of the backend that makes or deletes.
    CloudWrite,
    /// A message to a queue.
    Ring,
    /// Any other call of the queue service: to delete or hide a message, to make, empty or remove a mailbox.
    Queue,
    /// A client that pauses.
    Pause(Timestamp),
    /// A client that waits for an action to end, but not longer than this.
    Await(ActionId, Timestamp),
}

/// What becomes of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It takes effect and is answered.
    Done,
    /// It has no effect; the answer is lost.
    Unsent,
    /// It takes effect; the answer is lost.
    AnswerLost,
    /// It takes effect twice, as when a client library sends it again; the second answer arrives.
    Twice,
    /// The answer is lost; it takes effect later, unless its conditions fail by then.
    Late,
    /// It is refused: too much at once.
    Throttled,
    /// It is refused: another transaction is at the item.
    Conflict,
    /// It takes effect, and the process that asked for it dies before the answer.
    LastWords,
    /// It is answered as of this many writes ago.
    Lagging(usize),
}

/// An effect that waits at the gate.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// Its place in the order of arrival.
    pub(crate) number: u64,
    /// Whose it is.
    pub(crate) task: TaskId,
    pub(crate) class: Class,
    /// What the log says of it.
    pub(crate) label: String,
}

#[derive(Default)]
struct Inner {
    next: u64,
    current: TaskId,
    waiting: BTreeMap<u64, (Waiting, Option<Waker>)>,
    granted: BTreeMap<u64, Fate>,
}

/// The gate. Clones are the same gate.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<Inner>>);

impl Gate {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whose code runs now.
    pub(crate) fn running(&self, task: TaskId) {
        self.inner().current = task;
    }

    /// Whose code runs now.
    pub(crate) fn current(&self) -> TaskId {
        self.inner().current
    }

    /// An effect arrives; the result resolves to its fate.
    pub(crate) fn arrive(&self, class: Class, label: String) -> Passage {
        let mut inner = self.inner();
        let number = inner.next;
        inner.next += 1;
        let task = inner.current;
        inner.waiting.insert(number, (Waiting { number, task, class, label }, None));
        drop(inner);
        Passage { gate: self.clone(), number }
    }

    /// A call of the queue service: made when it is let through, and as often as its fate says. `silence` is what
    /// its caller is told when no answer comes.
    pub(crate) async fn call<T, E, F: Future<Output = Result<T, E>>>(
        &self,
        (class, label): (Class, String),
        effect: impl Fn() -> F,
        silence: impl Fn() -> E,
    ) -> Result<T, E> {
        match self.arrive(class, label).await {
            Fate::Done | Fate::Lagging(_) => effect().await,
            Fate::Twice => {
                effect().await?;
                effect().await
            }
            Fate::Unsent | Fate::Throttled | Fate::Conflict => Err(silence()),
            Fate::AnswerLost | Fate::Late => {
                effect().await?;
                Err(silence())
            }
            Fate::LastWords => {
                let _ = effect().await;
                std::future::pending().await
            }
        }
    }

    /// What waits, in the order of arrival.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        self.inner().waiting.values().map(|(waiting, _)| waiting.clone()).collect()
    }

    /// Lets one effect through. Its task must be polled next.
    pub(crate) fn grant(&self, number: u64, fate: Fate) {
        let mut inner = self.inner();
        let waker = inner.waiting.remove(&number).and_then(|(_, waker)| waker);
        inner.granted.insert(number, fate);
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// An effect on its way through the gate.
pub(crate) struct Passage {
    gate: Gate,
    number: u64,
}

impl Future for Passage {
    type Output = Fate;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fate> {
        let mut inner = self.gate.inner();
        if let Some(fate) = inner.granted.remove(&self.number) {
            return Poll::Ready(fate);
        }
        if let Some((_, waker)) = inner.waiting.get_mut(&self.number) {
            *waker = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        let mut inner = self.gate.inner();
        inner.waiting.remove(&self.number);
        inner.granted.remove(&self.number);
    }
}
