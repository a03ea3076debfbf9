//! The service as a state machine: a moment and a command in, an answer out; nothing waits.

use super::check;
use super::command::{Command, CreateQueue, GetQueueAttributes, ListQueues, Operation, SetQueueAttributes};
use super::fault::{Code, Fault};
use super::queue::Queue;
use super::settings::{self, ACCOUNT, Settings, arn};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// All queues of the service.
pub(super) struct Queues {
    /// What every queue's URL begins with.
    base_url: String,
    pub(super) by_name: BTreeMap<String, Queue>,
    /// How many messages were ever sent.
    pub(super) sent: u64,
    /// Whether the command being applied may have given a waiting receiver something.
    pub(super) stirred: bool,
}

/// What a command comes to.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) answer: Result<Answer, Fault>,
    /// Waiting receivers should look again.
    pub(super) wake: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// The body.
    Body(Value),
    /// A receive found nothing.
    Nothing {
        /// How long the receiver is willing to wait, from when it first asked.
        wait: Duration,
        /// When a message becomes due that is now delayed or hidden, since the Unix epoch.
        next_due: Option<Duration>,
    },
}

impl Queues {
    pub(super) fn new(mut base_url: String) -> Self {
        base_url.truncate(base_url.trim_end_matches('/').len());
        Self { base_url, by_name: BTreeMap::new(), sent: 0, stirred: false }
    }

    /// Applies `command` at `now`, a duration since the Unix epoch. A receive that finds nothing has no
    /// effect, so it may be repeated until its time is up.
    pub(super) fn apply(&mut self, now: Duration, command: &Command) -> Applied {
        self.stirred = false;
        let answer = match command {
            Command::CreateQueue(request) => self.create(now, request).map(Answer::Body),
            Command::GetQueueUrl(request) => self.url_of(&request.queue_name).map(Answer::Body),
            Command::ListQueues(request) => self.list(request).map(Answer::Body),
            Command::OnQueue(name, operation) => self.apply_to(now, name, operation),
        };
        Applied { answer, wake: self.stirred }
    }

    fn apply_to(&mut self, now: Duration, name: &str, operation: &Operation) -> Result<Answer, Fault> {
        self.queue(name)?.prune(now);
        let body = match operation {
            Operation::ReceiveMessage(request) => return self.receive(now, name, request),
            Operation::SendMessage(request) => self.send(now, name, request)?,
            Operation::SendMessageBatch(batch) => self.send_batch(now, name, batch)?,
            Operation::DeleteMessage(request) => self.delete_message(name, request)?,
            Operation::DeleteMessageBatch(batch) => self.delete_batch(name, batch)?,
            Operation::ChangeMessageVisibility(request) => self.change_visibility(now, name, request)?,
            Operation::ChangeMessageVisibilityBatch(batch) => self.change_batch(now, name, batch)?,
            Operation::GetQueueAttributes(request) => self.attributes(now, name, request)?,
            Operation::SetQueueAttributes(request) => self.set_attributes(now, name, request)?,
            Operation::PurgeQueue => {
                self.queue(name)?.purge();
                json!({})
            }
            Operation::DeleteQueue => {
                self.by_name.remove(name);
                // A receiver that waits must learn that its queue is gone.
                self.stirred = true;
                json!({})
            }
        };
        Ok(Answer::Body(body))
    }

    pub(super) fn queue(&mut self, name: &str) -> Result<&mut Queue, Fault> {
        self.by_name.get_mut(name).ok_or_else(|| Fault::no_queue(name))
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.base_url)
    }

    fn url_of(&mut self, name: &str) -> Result<Value, Fault> {
        self.queue(name)?;
        Ok(json!({ "QueueUrl": self.url(name) }))
    }

    /// Creating a queue again changes nothing, and is refused when an attribute given differs.
    fn create(&mut self, now: Duration, request: &CreateQueue) -> Result<Value, Fault> {
        let name = request.queue_name.as_str();
        check::queue_name(name)?;
        let existing = self.by_name.get(name).map(|queue| &queue.settings);
        let mut settings = existing.cloned().unwrap_or_default();
        for (attribute, text) in &request.attributes {
            settings.set(attribute, text)?;
            if existing.is_some_and(|existing| *existing != settings) {
                let message = format!(
                    "A queue already exists with the same name and a different value for attribute \
                     {attribute}: {name}. Change it with SetQueueAttributes, or choose another name."
                );
                return Err(Fault::new(Code::QueueNameExists, message));
            }
        }
        if existing.is_none() {
            self.check_redrive(&settings)?;
            self.by_name.insert(name.to_owned(), Queue::new(settings, now));
        }
        Ok(json!({ "QueueUrl": self.url(name) }))
    }

    fn check_redrive(&self, settings: &Settings) -> Result<(), Fault> {
        match &settings.redrive {
            Some(redrive) if !self.by_name.contains_key(&redrive.target) => {
                let reason = "Dead letter target does not exist. Create it first.";
                Err(Fault::parameter("RedrivePolicy", &redrive.target, reason))
            }
            _ => Ok(()),
        }
    }

    /// The page token is the name of the last queue of the page before.
    fn list(&self, request: &ListQueues) -> Result<Value, Fault> {
        let most = check::number("MaxResults", request.max_results, 1..=1000)?;
        let after = request.next_token.as_deref().unwrap_or_default();
        let mut names = self
            .by_name
            .keys()
            .map(String::as_str)
            .filter(|name| *name > after && name.starts_with(&request.queue_name_prefix));
        let page: Vec<_> = names.by_ref().take(most.map_or(1000, |most| most as usize)).collect();
        let mut body = json!({ "QueueUrls": page.iter().map(|name| self.url(name)).collect::<Vec<_>>() });
        // Pages are only for those who ask for them.
        if let (Some(_), Some(_), Some(last)) = (most, names.next(), page.last()) {
            body["NextToken"] = (*last).into();
        }
        Ok(body)
    }

    fn attributes(
        &mut self,
        now: Duration,
        name: &str,
        request: &GetQueueAttributes,
    ) -> Result<Value, Fault> {
        let queue = self.queue(name)?;
        let counts = queue.counts(now);
        let mut all = queue.settings.shown();
        all.extend([
            ("QueueArn", arn(name)),
            ("CreatedTimestamp", queue.created_at.as_secs().to_string()),
            ("LastModifiedTimestamp", queue.modified_at.as_secs().to_string()),
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ]);
        let names = &request.attribute_names;
        let known = |name: &str| matches!(name, "All" | "RedrivePolicy") || all.contains_key(name);
        if let Some(unknown) = names.iter().find(|name| !known(name)) {
            return Err(settings::unknown(unknown));
        }
        let asked = |name: &str| names.iter().any(|asked| asked == "All" || asked == name);
        let shown: Map<String, Value> = all
            .iter()
            .filter(|(name, _)| asked(name))
            .map(|(name, text)| ((*name).to_owned(), text.as_str().into()))
            .collect();
        Ok(if shown.is_empty() { json!({}) } else { json!({ "Attributes": shown }) })
    }

    /// All are set, or none.
    fn set_attributes(
        &mut self,
        now: Duration,
        name: &str,
        request: &SetQueueAttributes,
    ) -> Result<Value, Fault> {
        let mut settings = self.queue(name)?.settings.clone();
        for (attribute, text) in &request.attributes {
            settings.set(attribute, text)?;
        }
        self.check_redrive(&settings)?;
        let queue = self.queue(name)?;
        queue.settings = settings;
        queue.modified_at = now;
        Ok(json!({}))
    }
}
