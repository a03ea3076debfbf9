//! The mailboxes behind the gate.

use crate::gate::{Class, Fate, Gate};
use async_trait::async_trait;
use coppice_engine::testing::MemoryMailboxes;
use coppice_engine::{Letter, MailboxError, Mailboxes};

/// Mailboxes in memory; every letter that is sent passes the gate.
pub(crate) struct Post {
    gate: Gate,
    inner: MemoryMailboxes,
}

impl Post {
    pub(crate) fn new(gate: Gate) -> Self {
        Self { gate, inner: MemoryMailboxes::default() }
    }
}

#[async_trait]
impl Mailboxes for Post {
    async fn create(&self, name: &str) -> Result<(), MailboxError> {
        self.inner.create(name).await
    }

    async fn delete(&self, name: &str) -> Result<(), MailboxError> {
        self.inner.delete(name).await
    }

    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        let lost = || MailboxError("no answer".to_owned());
        match self.gate.arrive(Class::Ring, format!("send to {name}")).await {
            Fate::Done | Fate::Lagging(_) => self.inner.send(name, body).await,
            Fate::Twice => {
                self.inner.send(name, body).await?;
                self.inner.send(name, body).await
            }
            Fate::Unsent | Fate::Throttled | Fate::Conflict => Err(lost()),
            Fate::AnswerLost | Fate::Late => {
                self.inner.send(name, body).await?;
                Err(lost())
            }
            Fate::LastWords => {
                let _ = self.inner.send(name, body).await;
                std::future::pending().await
            }
        }
    }

    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        self.inner.receive(name).await
    }

    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError> {
        self.inner.remove(letter).await
    }
}
