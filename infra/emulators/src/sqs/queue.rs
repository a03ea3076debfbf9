//! One standard queue: messages ordered by the moment from which they can be received, and fair to the groups
//! they belong to.

use super::fault::Fault;
use super::message::Message;
use super::receipt::Receipt;
use super::settings::{GREATEST_VISIBILITY, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A standard queue. Moments are durations since the Unix epoch.
pub(super) struct Queue {
    pub(super) settings: Settings,
    pub(super) created_at: Duration,
    pub(super) modified_at: Duration,
    /// By sequence, which is also the order of sending.
    messages: BTreeMap<u64, Message>,
    /// By name; messages without one are a group, too.
    groups: BTreeMap<String, Group>,
}

/// The messages of one group, by when they can be received.
#[derive(Default)]
struct Group {
    /// Every message once.
    due: BTreeSet<(Duration, u64)>,
    /// Those that somebody has received, until they can be received again.
    in_flight: BTreeSet<(Duration, u64)>,
}

impl Group {
    fn in_flight(&mut self, now: Duration) -> usize {
        self.in_flight = self.in_flight.split_off(&(now, u64::MAX));
        self.in_flight.len()
    }
}

fn group(message: &Message) -> String {
    message.content.group.clone().unwrap_or_default()
}

/// What a receive asks of a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take {
    /// How many messages at most.
    pub(super) most: usize,
    /// How long they are hidden from others.
    pub(super) visibility: Duration,
    /// After how many receives a message moves to the dead-letter queue, where there is one.
    pub(super) most_receives: Option<u32>,
}

/// What a receive takes out.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The messages received.
    pub(super) received: Vec<u64>,
    /// The messages received too often already, no longer in this queue.
    pub(super) dead: Vec<Message>,
}

/// How many messages are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Can be received.
    pub(super) visible: usize,
    /// Received and hidden.
    pub(super) in_flight: usize,
    /// Not yet due for the first time.
    pub(super) delayed: usize,
}

impl Queue {
    pub(super) fn new(settings: Settings, now: Duration) -> Self {
        Self {
            settings,
            created_at: now,
            modified_at: now,
            messages: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    pub(super) fn insert(&mut self, message: Message) {
        self.groups.entry(group(&message)).or_default().due.insert((message.visible_at, message.sequence));
        self.messages.insert(message.sequence, message);
    }

    pub(super) fn get(&self, sequence: u64) -> Option<&Message> {
        self.messages.get(&sequence)
    }

    /// Receives messages that are due: of the group of which fewest are in flight, the longest due first.
    pub(super) fn take(&mut self, now: Duration, take: Take) -> Taken {
        let mut taken = Taken::default();
        while taken.received.len() < take.most {
            let Some(sequence) = self.pop_due(now) else { break };
            let Some(mut message) = self.messages.remove(&sequence) else { continue };
            if take.most_receives.is_some_and(|most| message.receives_here >= most) {
                taken.dead.push(message);
                continue;
            }
            message.receive(now, take.visibility);
            let group = self.groups.entry(group(&message)).or_default();
            group.in_flight.insert((message.visible_at, sequence));
            self.messages.insert(sequence, message);
            taken.received.push(sequence);
        }
        // Only now, or a visibility of nought would hand one message out twice.
        for sequence in &taken.received {
            if let Some(message) = self.messages.get(sequence) {
                let group = self.groups.entry(group(message)).or_default();
                group.due.insert((message.visible_at, *sequence));
            }
        }
        taken
    }

    fn pop_due(&mut self, now: Duration) -> Option<u64> {
        let waiting = self.groups.values_mut().filter_map(|group| {
            let first = *group.due.first().filter(|(visible_at, _)| *visible_at <= now)?;
            Some((group.in_flight(now), first, group))
        });
        let (.., fairest) = waiting.min_by_key(|(in_flight, first, _)| (*in_flight, *first))?;
        fairest.due.pop_first().map(|(_, sequence)| sequence)
    }

    /// When the first message becomes due; in the past when one is due already.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.groups.values().filter_map(|group| group.due.first()).map(|(visible_at, _)| *visible_at).min()
    }

    /// Deletes the message of a receipt. One that is gone is no error, and one received again since stays:
    /// a standard queue promises deletion only to the latest receiver.
    pub(super) fn delete(&mut self, receipt: &Receipt) {
        if self.get(receipt.sequence).is_some_and(|message| receipt.is_latest_of(message)) {
            self.remove(receipt.sequence);
        }
    }

    fn remove(&mut self, sequence: u64) {
        let Some(message) = self.messages.remove(&sequence) else { return };
        let name = group(&message);
        if let Some(group) = self.groups.get_mut(&name) {
            group.due.remove(&(message.visible_at, sequence));
            group.in_flight.remove(&(message.visible_at, sequence));
            if group.due.is_empty() {
                self.groups.remove(&name);
            }
        }
    }

    /// Hides the message of a receipt for `timeout` from `now`. Without effect on one that has become
    /// visible again or was received again since: it is no longer this receiver's.
    ///
    /// # Errors
    /// `InvalidParameterValue` when the message is gone, or would be hidden for more than 12 hours from its
    /// receive.
    pub(super) fn change_visibility(
        &mut self,
        now: Duration,
        receipt: &Receipt,
        timeout: Duration,
    ) -> Result<(), Fault> {
        let message = self.messages.get_mut(&receipt.sequence).filter(|message| receipt.names(message));
        let message = message.ok_or_else(|| {
            let reason = "Message does not exist or is not available for visibility timeout change.";
            Fault::parameter("ReceiptHandle", receipt.encode(), reason)
        })?;
        if message.visible_at <= now || !receipt.is_latest_of(message) {
            return Ok(());
        }
        if now + timeout > message.last_received_at + Duration::from_secs(GREATEST_VISIBILITY) {
            let reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].";
            return Err(Fault::parameter("VisibilityTimeout", timeout.as_secs(), reason));
        }
        let group = self.groups.entry(group(message)).or_default();
        let (before, after) = ((message.visible_at, receipt.sequence), (now + timeout, receipt.sequence));
        message.visible_at = now + timeout;
        for messages in [&mut group.due, &mut group.in_flight] {
            messages.remove(&before);
            messages.insert(after);
        }
        Ok(())
    }

    /// Drops every message, received or not.
    pub(super) fn purge(&mut self) {
        self.messages.clear();
        self.groups.clear();
    }

    /// Drops messages older than the retention period.
    pub(super) fn prune(&mut self, now: Duration) {
        let retention = self.settings.retention();
        while let Some((&sequence, message)) = self.messages.first_key_value() {
            if message.sent_at + retention > now {
                break;
            }
            self.remove(sequence);
        }
    }

    pub(super) fn counts(&self, now: Duration) -> Counts {
        let mut counts = Counts::default();
        for message in self.messages.values() {
            let count = match (message.visible_at <= now, message.receives_here) {
                (true, _) => &mut counts.visible,
                (false, 0) => &mut counts.delayed,
                (false, _) => &mut counts.in_flight,
            };
            *count += 1;
        }
        counts
    }
}
