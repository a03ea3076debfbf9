//! The mailboxes behind the gate, and what becomes of the letters in them.

use crate::bugs::Bug;
use crate::gate::{Class, Gate};
use crate::table::Table;
use crate::time::{SimClock, seconds};
use async_trait::async_trait;
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::testing::MemoryMailboxes;
use coppice_engine::{Letter, MailboxError, Mailboxes};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Mailboxes in memory, every call of which passes the gate.
pub(crate) struct Post {
    gate: Gate,
    clock: SimClock,
    /// Which writes to it came before a letter was read, and before it was removed.
    table: Table,
    bug: Option<Bug>,
    inner: MemoryMailboxes,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The letters that somebody sent to a receiver, by id.
    letters: BTreeMap<String, Sent>,
    /// When letters that were received and not removed were last shown again.
    shown: Option<Timestamp>,
    /// When mailboxes were removed last.
    removed: BTreeMap<String, Timestamp>,
    /// Mailboxes that were made again since.
    remade: BTreeSet<String>,
}

/// A letter that was sent to a receiver.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) mailbox: String,
    pub(crate) body: String,
    /// How many writes to the table there were when it was first received.
    read: usize,
    pub(crate) fate: LetterFate,
}

/// Where a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LetterFate {
    /// In its mailbox.
    There,
    /// Removed by whoever read it. Between these writes it was made an action, or refused.
    Answered { from: usize, until: usize },
    /// Gone with its mailbox.
    Gone,
}

/// How long a letter that was received stays hidden, at most.
const HIDDEN: Duration = seconds(30);
/// For how long a mailbox that was removed cannot be made again.
const BARRED: Duration = seconds(60);

impl Post {
    pub(crate) fn new(gate: Gate, clock: SimClock, table: Table, bug: Option<Bug>) -> Self {
        Self { gate, clock, table, bug, inner: MemoryMailboxes::default(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The letters that were sent to receivers, by id.
    pub(crate) fn letters(&self) -> BTreeMap<String, Sent> {
        self.state().letters.clone()
    }

    /// How many letters are in a mailbox.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.inner.count(name)
    }

    /// Whether a mailbox is there that nobody has made since it was removed.
    pub(crate) fn lingers(&self, name: &str) -> bool {
        self.inner.names().iter().any(|each| each == name) && !self.state().remade.contains(name)
    }

    /// Sends a letter to a receiver, as whoever calls it does. Without a mailbox it goes nowhere.
    pub(crate) async fn post(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        let effect = || async {
            if let Some(id) = self.inner.post(name, body) {
                let (mailbox, body) = (name.to_owned(), body.to_owned());
                let sent = Sent { mailbox, body, read: usize::MAX, fate: LetterFate::There };
                self.state().letters.insert(id, sent);
            }
            Ok(())
        };
        self.pass(Class::Ring, format!("letter to {name}"), effect).await
    }

    async fn pass<T, F: Future<Output = Result<T, MailboxError>>>(
        &self,
        class: Class,
        label: String,
        effect: impl Fn() -> F,
    ) -> Result<T, MailboxError> {
        self.gate.call((class, label), effect, || MailboxError("no answer".to_owned())).await
    }

    /// Makes a mailbox, as creating and receiving do. Its name is not to be had for a minute after it was removed.
    async fn make(&self, name: &str) -> Result<(), MailboxError> {
        if !self.inner.names().iter().any(|each| each == name) {
            let (now, mut state) = (self.clock.now(), self.state());
            if let Some(at) = state.removed.get(name).copied() {
                if now.since(at) < BARRED {
                    return Err(MailboxError("the mailbox was just removed".to_owned()));
                }
                state.remade.insert(name.to_owned());
            }
        }
        self.inner.create(name).await
    }

    /// Shows all letters again every half minute: some come again sooner than others, as they may.
    fn reappear(&self) {
        let (now, mut state) = (self.clock.now(), self.state());
        if now.since(*state.shown.get_or_insert(now)) >= HIDDEN {
            state.shown = Some(now);
            self.inner.reappear();
        }
    }

    async fn read(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        self.make(name).await?;
        self.reappear();
        let letters = self.inner.receive(name).await?;
        let writes = self.table.state().history.writes();
        for letter in &letters {
            if let Some(sent) = self.state().letters.get_mut(&letter.id) {
                sent.read = sent.read.min(writes);
            }
            if self.bug == Some(Bug::LetterForgotten) {
                self.discard(letter).await?;
            }
        }
        Ok(letters)
    }

    async fn discard(&self, letter: &Letter) -> Result<(), MailboxError> {
        let before = self.inner.count(&letter.mailbox);
        self.inner.remove(letter).await?;
        if self.inner.count(&letter.mailbox) < before {
            let until = self.table.state().history.writes();
            if let Some(sent) = self.state().letters.get_mut(&letter.id) {
                sent.fate = LetterFate::Answered { from: sent.read, until };
            }
        }
        Ok(())
    }

    async fn close(&self, name: &str) -> Result<(), MailboxError> {
        if self.inner.names().iter().any(|each| each == name) {
            let (now, mut state) = (self.clock.now(), self.state());
            state.removed.insert(name.to_owned(), now);
            state.remade.remove(name);
            let inside = |sent: &&mut Sent| sent.mailbox == name && sent.fate == LetterFate::There;
            state.letters.values_mut().filter(inside).for_each(|sent| sent.fate = LetterFate::Gone);
        }
        self.inner.delete(name).await
    }
}

#[async_trait]
impl Mailboxes for Post {
    async fn create(&self, name: &str) -> Result<(), MailboxError> {
        self.pass(Class::Queue, format!("make {name}"), || self.make(name)).await
    }

    async fn delete(&self, name: &str) -> Result<(), MailboxError> {
        self.pass(Class::Queue, format!("remove {name}"), || self.close(name)).await
    }

    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        self.pass(Class::Ring, format!("send to {name}"), || self.inner.send(name, body)).await
    }

    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        self.pass(Class::Queue, format!("receive from {name}"), || self.read(name)).await
    }

    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError> {
        let label = format!("remove letter {} from {}", letter.id, letter.mailbox);
        self.pass(Class::Queue, label, || self.discard(letter)).await
    }
}
