//! Sending, receiving, deleting and hiding messages.

use super::batch;
use super::check;
use super::command::{Batch, OfReceipt, ReceiveMessage, SendMessage};
use super::digest;
use super::fault::Fault;
use super::message::{Message, Wanted};
use super::queue::Take;
use super::queues::{Answer, Queues};
use super::receipt::Receipt;
use super::settings::{GREATEST_VISIBILITY, arn};
use serde_json::{Value, json};
use std::time::Duration;

impl Queues {
    pub(super) fn send(&mut self, now: Duration, name: &str, request: &SendMessage) -> Result<Value, Fault> {
        let sequence = self.sent;
        let queue = self.queue(name)?;
        let (content, delay) = check::content(request, &queue.settings)?;
        let message = Message::new(sequence, content, now, delay.unwrap_or(queue.settings.delay()));
        let mut sent = json!({
            "MessageId": message.id.to_string(),
            "MD5OfMessageBody": digest::of_body(&message.content.body),
        });
        if let Some(digest) = digest::of_attributes(&message.content.attributes) {
            sent["MD5OfMessageAttributes"] = digest.into();
        }
        if let Some(digest) = digest::of_attributes(&message.content.system_attributes) {
            sent["MD5OfMessageSystemAttributes"] = digest.into();
        }
        queue.insert(message);
        self.sent += 1;
        self.stirred = true;
        Ok(sent)
    }

    pub(super) fn send_batch(
        &mut self,
        now: Duration,
        name: &str,
        batch: &Batch<SendMessage>,
    ) -> Result<Value, Fault> {
        batch::check_size(batch)?;
        batch::run(batch, |request| self.send(now, name, request))
    }

    pub(super) fn receive(
        &mut self,
        now: Duration,
        name: &str,
        request: &ReceiveMessage,
    ) -> Result<Answer, Fault> {
        let most = check::number("MaxNumberOfMessages", request.max_number_of_messages, 1..=10)?;
        let wait = check::seconds("WaitTimeSeconds", request.wait_time_seconds, 0..=20)?;
        let visibility =
            check::seconds("VisibilityTimeout", request.visibility_timeout, 0..=GREATEST_VISIBILITY)?;
        let wanted = Wanted {
            system: [&request.attribute_names[..], &request.message_system_attribute_names].concat(),
            attributes: request.message_attribute_names.clone(),
        };

        let redrive = self.queue(name)?.settings.redrive.clone();
        // Without the dead-letter queue a message stays where it is.
        let redrive = redrive.filter(|redrive| self.by_name.contains_key(&redrive.target));
        let queue = self.queue(name)?;
        let taken = queue.take(
            now,
            Take {
                most: most.map_or(1, |most| most as usize),
                visibility: visibility.unwrap_or(queue.settings.visibility_timeout()),
                most_receives: redrive.as_ref().map(|redrive| redrive.most_receives),
            },
        );
        let received: Vec<_> = taken
            .received
            .iter()
            .filter_map(|sequence| queue.get(*sequence))
            .map(|message| message.shown(name, &wanted))
            .collect();
        let nothing = Answer::Nothing {
            wait: wait.unwrap_or(queue.settings.receive_wait()),
            next_due: queue.next_due(),
        };
        if let Some(redrive) = redrive {
            self.bury(now, name, &redrive.target, taken.dead)?;
        }
        Ok(if received.is_empty() { nothing } else { Answer::Body(json!({ "Messages": received })) })
    }

    /// Moves messages to the dead-letter queue; they keep their ids, ages and counts of receives.
    fn bury(&mut self, now: Duration, source: &str, target: &str, dead: Vec<Message>) -> Result<(), Fault> {
        self.stirred |= !dead.is_empty();
        let target = self.queue(target)?;
        for mut message in dead {
            message.visible_at = now;
            message.receives_here = 0;
            message.dead_letter_source = Some(arn(source));
            target.insert(message);
        }
        Ok(())
    }

    pub(super) fn delete_message(&mut self, name: &str, request: &OfReceipt) -> Result<Value, Fault> {
        let receipt = Receipt::decode(&request.receipt_handle, name)?;
        self.queue(name)?.delete(&receipt);
        Ok(json!({}))
    }

    pub(super) fn delete_batch(&mut self, name: &str, batch: &Batch<OfReceipt>) -> Result<Value, Fault> {
        batch::run(batch, |request| self.delete_message(name, request))
    }

    pub(super) fn change_visibility(
        &mut self,
        now: Duration,
        name: &str,
        request: &OfReceipt,
    ) -> Result<Value, Fault> {
        let allowed = 0..=GREATEST_VISIBILITY;
        let timeout = check::seconds("VisibilityTimeout", request.visibility_timeout, allowed)?;
        let timeout = timeout.ok_or_else(|| Fault::missing("VisibilityTimeout"))?;
        let receipt = Receipt::decode(&request.receipt_handle, name)?;
        self.queue(name)?.change_visibility(now, &receipt, timeout)?;
        // It may now be due sooner than a waiting receiver believes.
        self.stirred = true;
        Ok(json!({}))
    }

    pub(super) fn change_batch(
        &mut self,
        now: Duration,
        name: &str,
        batch: &Batch<OfReceipt>,
    ) -> Result<Value, Fault> {
        batch::run(batch, |request| self.change_visibility(now, name, request))
    }
}
