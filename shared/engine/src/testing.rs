//! Doubles of what the engine works with, for tests and the simulation.

use crate::mailboxes::{Letter, MailboxError, Mailboxes};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Mailboxes in memory. A letter that was received is hidden until [`reappear`](Self::reappear).
#[derive(Debug, Default)]
pub struct MemoryMailboxes(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    boxes: BTreeMap<String, BTreeMap<u64, Kept>>,
    sent: u64,
    out_of_order: bool,
    keeping: bool,
}

impl State {
    /// Puts a letter into a mailbox, which is made if it is not there; answers with the letter's id.
    fn put(&mut self, name: &str, body: &str) -> String {
        let number = self.sent;
        self.sent += 1;
        let kept = Kept { body: body.to_owned(), receipts: 0, hidden: false };
        self.boxes.entry(name.to_owned()).or_default().insert(number, kept);
        id(number)
    }
}

#[derive(Clone, Debug)]
struct Kept {
    body: String,
    receipts: u32,
    hidden: bool,
}

/// Most letters of one receipt.
const AT_ONCE: usize = 10;

impl MemoryMailboxes {
    /// The names of all mailboxes.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.state().boxes.keys().cloned().collect()
    }

    /// How many letters are in a mailbox, hidden ones included.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.state().boxes.get(name).map_or(0, BTreeMap::len)
    }

    /// Sends a letter, as whoever calls a receiver does; answers with its id. None when there is no such
    /// mailbox.
    pub fn post(&self, name: &str, body: &str) -> Option<String> {
        let mut state = self.state();
        if state.boxes.contains_key(name) { Some(state.put(name, body)) } else { None }
    }

    /// Half a minute passes: what was received and not removed can be received again.
    pub fn reappear(&self) {
        for letters in self.state().boxes.values_mut() {
            letters.values_mut().for_each(|letter| letter.hidden = false);
        }
    }

    /// Makes every call fail, and without effect, or puts an end to that.
    pub fn fail(&self, failing: bool) {
        self.state().out_of_order = failing;
    }

    /// Keeps letters that are removed, as when their receiver dies before it removes them, or ends that.
    pub fn keep(&self, keeping: bool) {
        self.state().keeping = keeping;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working(&self) -> Result<MutexGuard<'_, State>, MailboxError> {
        let state = self.state();
        if state.out_of_order { Err(MailboxError("out of order".to_owned())) } else { Ok(state) }
    }
}

/// Ids look like those of the queue service: UUIDs.
fn id(number: u64) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

#[async_trait]
impl Mailboxes for MemoryMailboxes {
    async fn create(&self, name: &str) -> Result<(), MailboxError> {
        self.working()?.boxes.entry(name.to_owned()).or_default();
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), MailboxError> {
        self.working()?.boxes.remove(name);
        Ok(())
    }

    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        self.working()?.put(name, body);
        Ok(())
    }

    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        let mut state = self.working()?;
        let letters = state.boxes.entry(name.to_owned()).or_default().iter_mut();
        let visible = letters.filter(|(_, letter)| !letter.hidden).take(AT_ONCE);
        Ok(visible
            .map(|(number, letter)| {
                letter.hidden = true;
                letter.receipts += 1;
                let receipt = format!("{number} {}", letter.receipts);
                Letter { id: id(*number), body: letter.body.clone(), mailbox: name.to_owned(), receipt }
            })
            .collect())
    }

    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError> {
        let mut state = self.working()?;
        if state.keeping {
            return Ok(());
        }
        if let Some(letters) = state.boxes.get_mut(&letter.mailbox) {
            letters.retain(|number, kept| format!("{number} {}", kept.receipts) != letter.receipt);
        }
        Ok(())
    }
}
