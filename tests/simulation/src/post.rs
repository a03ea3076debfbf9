//! The mailboxes behind the gate.

use crate::gate::{Class, Gate};
use crate::time::{SimClock, seconds};
use async_trait::async_trait;
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::testing::MemoryMailboxes;
use coppice_engine::{Letter, MailboxError, Mailboxes};
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Mailboxes in memory, every call of which passes the gate.
pub(crate) struct Post {
    gate: Gate,
    clock: SimClock,
    inner: MemoryMailboxes,
    /// When letters that were received and not removed were last shown again.
    shown: Mutex<Timestamp>,
}

/// How long a letter that was received stays hidden, at most.
const HIDDEN: Duration = seconds(30);

impl Post {
    pub(crate) fn new(gate: Gate, clock: SimClock) -> Self {
        let shown = Mutex::new(clock.now());
        Self { gate, clock, inner: MemoryMailboxes::default(), shown }
    }

    async fn pass<T, F: Future<Output = Result<T, MailboxError>>>(
        &self,
        class: Class,
        label: String,
        effect: impl Fn() -> F,
    ) -> Result<T, MailboxError> {
        self.gate.call((class, label), effect, || MailboxError("no answer".to_owned())).await
    }

    /// Shows all letters again every half minute: some come again sooner than others, as they may.
    fn reappear(&self) {
        let now = self.clock.now();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(*shown) >= HIDDEN {
            *shown = now;
            self.inner.reappear();
        }
    }
}

#[async_trait]
impl Mailboxes for Post {
    async fn create(&self, name: &str) -> Result<(), MailboxError> {
        self.pass(Class::Queue, format!("make {name}"), || self.inner.create(name)).await
    }

    async fn delete(&self, name: &str) -> Result<(), MailboxError> {
        self.pass(Class::Queue, format!("remove {name}"), || self.inner.delete(name)).await
    }

    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        self.pass(Class::Ring, format!("send to {name}"), || self.inner.send(name, body)).await
    }

    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        let effect = || async {
            self.reappear();
            self.inner.receive(name).await
        };
        self.pass(Class::Queue, format!("receive from {name}"), effect).await
    }

    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError> {
        let label = format!("remove letter {} from {}", letter.id, letter.mailbox);
        self.pass(Class::Queue, label, || self.inner.remove(letter)).await
    }
}
